import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { fromBase64, toBase64 } from "../../src/base64.ts";
import type { Example, Picture, SignedPicture } from "../../src/report/examples.ts";
import { galleryHtml } from "../../src/report/gallery-html.ts";
import { reportHtml } from "../../src/report/html.ts";
import { maskOutline } from "../../src/report/outline.ts";
import { buildReport } from "../../src/report/record.ts";
import { labelledInput } from "./example.ts";

const gray = (values: readonly number[], more: Partial<Picture> = {}): Picture => ({ width: 3, height: 2, gray: toBase64(Uint8Array.from(values)), ...more }); // prettier-ignore
const signed = (values: readonly number[], scale: number): SignedPicture => ({ width: 3, height: 2, signed: toBase64(new Uint8Array(Int8Array.from(values).buffer)), scale }); // prettier-ignore

const example: Example = {
  index: 12,
  truth: "healthy",
  predicted: 'tu"mour <b>',
  probability: 0.97,
  picture: gray([0, 50, 100, 150, 200, 255]),
  saliency: signed([127, 0, 0, 0, 0, -127], 1.234),
  occlusion: signed([3, 0, 0, 0, 0, 127], 0.0002),
};
const ofMask: Example = {
  ...example,
  truth: "mask 1: 2 voxels",
  predicted: "no foreground",
  dice: 0.25,
  picture: gray([0, 50, 100, 150, 200, 255], { slice: 4 }),
  mask: gray([1, 1, 0, 0, 0, 0]),
  predictedMask: gray([0, 0, 0, 0, 0, 1]),
};

const urls = (page: string) => [...page.matchAll(/data:image\/png;base64,([^"]+)/g)].map(([, text]) => decode(fromBase64(text))); // prettier-ignore
const alts = (page: string) => [...page.matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))); // prettier-ignore

describe("the gallery", () => {
  const page = galleryHtml({ worst: [example], best: [] }).text;

  test("shows the image as it is, and each map over it: orange for the answer, blue against it, what is weak as nothing", () => {
    const [image, saliency, occlusion] = urls(page);
    expect([...image.data]).toEqual([0, 50, 100, 150, 200, 255]);
    const pixel = ({ data }: typeof image, i: number) => [...data.slice(3 * i, 3 * i + 3)];
    const [red, , blue] = pixel(saliency, 0);
    expect(red).toBeGreaterThan(blue + 100);
    expect(pixel(saliency, 5)[2]).toBeGreaterThan(pixel(saliency, 5)[0] + 100);
    for (let i = 1; i < 5; i++) expect(new Set(pixel(saliency, i)).size).toBe(1);
    for (let i = 0; i < 6; i++) expect(new Set(pixel(occlusion, i)).size).toBe(1);
  });

  test("says in every picture's text what is seen: truth, prediction, probability; where a map is strongest", () => {
    expect(alts(page)).toEqual([
      'Test image 12: truly healthy, called tu"mour <b>, probability 0.970.',
      "saliency of test image 12, up to 1.2: most for the answer at the upper left, most against the answer at the lower right.",
      "occlusion of test image 12, below 0.001: the same everywhere.",
    ]);
    expect(page).not.toContain("<b>tu\"");
    expect(page).toContain("Test image 12</strong>: is <b>healthy</b>, called <b>tu&#34;mour &#60;b&#62;</b>, probability 0.970");
  }); // prettier-ignore

  test("draws outlines of masks: the true one in every picture, the predicted one in the image", () => {
    const masks = galleryHtml({ worst: [], best: [ofMask] }).text;
    const path = maskOutline(3, 2, (x, y) => y === 0 && x < 2);
    expect(masks.split(`class="true" d="${path}"`).length).toBe(4);
    expect(masks.split('class="said" d="M2 1').length).toBe(2);
    expect(alts(masks)[0]).toBe("Test image 12, slice 4: truly mask 1: 2 voxels; predicted no foreground, Dice 0.250.");
    expect(masks).toContain("Lowest Dice");
    expect(page).not.toContain("outline of");
  });

  test("says what the maps cannot tell, and why there are none of occlusion where there are none", () => {
    expect(page).toContain("Adebayo et al. 2018");
    const without = galleryHtml({ worst: [{ ...example, occlusion: null }], best: [] }).text;
    expect(without).toContain("Occlusion maps were left out");
    expect(urls(without)).toHaveLength(2);
  });

  test("is on the report's page where there are examples, and leaves no trace where there are none", () => {
    const input = labelledInput(["healthy", "pneumonia"], [20, 20]);
    const shown = reportHtml(buildReport({ ...input, examples: { worst: [example], best: [] } }));
    expect(shown).toContain("Single images");
    for (const examples of [undefined, { worst: [], best: [] }])
      expect(reportHtml(buildReport({ ...input, examples }))).not.toContain("Single images");
  });

  test("closes every tag that it opens, and names every image", () => {
    const text = galleryHtml({ worst: [example, ofMask], best: [ofMask] }).text;
    const tags = [...text.matchAll(/<(\/?)([a-z]\w*)(?:"[^"]*"|[^>"])*?(\/?)>/gi)].filter(([, , name, closed]) => name !== "img" && closed === ""); // prettier-ignore
    const open: string[] = [];
    for (const [, slash, name] of tags) {
      if (slash === "") open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    expect(text.split("<img").length - 1).toBe(alts(text).length);
  });
});

describe("an outline", () => {
  test("runs along the edges of what is inside, and only there", () => {
    expect(maskOutline(3, 3, () => false)).toBe("");
    expect(maskOutline(2, 2, () => true)).toBe("M0 0h2M0 2h2M0 0v2M2 0v2");
    expect(maskOutline(3, 1, (x) => x !== 1)).toBe("M0 0h1M2 0h1M0 1h1M2 1h1M0 0v1M1 0v1M2 0v1M3 0v1");
  });
});

// Whether the images of a folder mean the same by the same voxel: which values are light, how far apart and which way they lie.
import { orientationOf } from "../../data/image-geometry.ts";
import type { ImageGeometry } from "../../data/image-geometry.ts";
import { FormatError } from "../../errors.ts";
import { shortList } from "./layout.ts";

/** What one image says of itself. */
export interface Meaning {
  /** Below the folder. */
  readonly path: string;
  readonly photometric: string;
  readonly geometry: ImageGeometry;
  /** The mask's, where there is one. */
  readonly maskGeometry: ImageGeometry | null;
}

/** As many digits of a distance count: files round them differently. */
const digits = 3;

/**
 * What a reader of the set should know, a sentence each: spacings or orientations that differ, masks that lie another way.
 * @param folder stands in the error.
 * @throws FormatError where in some images low values are light (MONOCHROME1) and in others dark (MONOCHROME2).
 */
export function agreementOf(folder: string, images: readonly Meaning[]): readonly string[] {
  const isLow = ({ photometric }: Meaning) => photometric === "MONOCHROME1";
  const low = images.filter(isLow);
  const high = images.filter(({ photometric }) => photometric === "MONOCHROME2");
  const paths = (some: readonly Meaning[]) => shortList(some.map(({ path }) => path));
  if (low.length > 0 && high.length > 0)
    throw new FormatError(
      `${folder}: expected images in which the same values are light, got MONOCHROME1 (low is light) in ${paths(low)}, ` +
        `MONOCHROME2 (high is light) in ${paths(high)}. Invert the fewer of them before, or keep them in folders of their own.`,
    );
  const notes: string[] = [];
  if (low.length > 0)
    notes.push(`in ${low.length} images low values are light (MONOCHROME1); they are read as they are stored`);
  const spacings = grouped(images, ({ geometry }) => spacingText(geometry));
  if (spacings.length > 1)
    notes.push(`voxels are of different size: ${listed(spacings)}. resampleTo({ spacing }) (--spacing) makes them one`);
  const orientations = grouped(images, ({ geometry }) => orientationOf(geometry));
  if (orientations.length > 1)
    notes.push(`axes run different ways: ${listed(orientations)}. Turn the files to one orientation before`);
  const turned = images.filter(({ geometry, maskGeometry }) => {
    const [own, other] = [orientationOf(geometry), maskGeometry && orientationOf(maskGeometry)];
    return own !== null && other !== null && own !== other;
  });
  if (turned.length > 0)
    notes.push(`masks say that their axes run another way than their images': ${paths(turned)}. Voxels are matched by index, not by place`); // prettier-ignore
  return notes;
}

interface Kind {
  readonly what: string;
  readonly paths: string[];
}

/** Images that say nothing are of no kind. */
function grouped(images: readonly Meaning[], of: (image: Meaning) => string | null): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const image of images) {
    const what = of(image);
    if (what === null) continue;
    const kind = kinds.get(what) ?? { what, paths: [] };
    kind.paths.push(image.path);
    kinds.set(what, kind);
  }
  return [...kinds.values()].sort((a, b) => b.paths.length - a.paths.length);
}

function listed(kinds: readonly Kind[]): string {
  const some = kinds.slice(0, 4).map(({ what, paths }) => `${what} in ${paths.length} images (${paths[0]})`);
  return some.join(", ") + (kinds.length > 4 ? ` and ${kinds.length - 4} more` : "");
}

/** x first. */
function spacingText({ spacing, unit }: ImageGeometry): string | null {
  if (!spacing) return null;
  const texts = spacing.slice(0, 3).map((distance) => String(Number(distance.toPrecision(digits))));
  return `${texts.join("x")}${unit === "unknown" ? "" : ` ${unit}`}`;
}

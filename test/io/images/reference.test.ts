import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { factsOf } from "../../../src/data/image-facts.ts";
import { pixelTypeOf } from "../../../src/data/image.ts";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { readSeries } from "../../../src/io/read-series.ts";
import { dicomReferences, isThere, niftiReferences, pathOf, seriesReference } from "./reference.ts";

/** Relative distance of two numbers. */
const off = (got: number, want: number) => Math.abs(got - want) / Math.max(1, Math.abs(want));

describe.skipIf(!isThere)("NIfTI files as nibabel reads them (skipped where ../shared/data is absent)", () => {
  it.each(niftiReferences.filter(([, { dtype }]) => !dtype.startsWith("complex")))(
    "%s: the same shape, type, order, spacing, affine to 1e-5, and values to the last bit",
    async (file, want) => {
      const image = await readImage(pathOf(file));
      const facts = await factsOf(image);
      expect(facts).toMatchObject({ format: want.format, shape: want.shape, type: want.dtype, bigEndian: want.big_endian }); // prettier-ignore
      expect(image.rescale).toEqual({ slope: want.effective_slope, intercept: want.effective_inter });
      expect(facts.spacing).toEqual(want.zooms);
      want.affine.forEach((row, i) =>
        row.forEach((value, j) => expect(Math.abs(facts.affine![i][j] - value)).toBeLessThan(1e-5)),
      );
      expect([facts.minimum, facts.maximum]).toEqual([want.scaled_min, want.scaled_max]);
      expect(off(facts.sum, want.scaled_sum)).toBeLessThan(1e-12);
      expect(facts.sha256).toBe(want.sha256_f64le_scaled_xfastest);
    },
  );

  it.each(niftiReferences.filter(([, { dtype }]) => dtype.startsWith("complex")))("%s is refused by its type's name", async (file, { dtype }) => {
    await expect(readImage(pathOf(file))).rejects.toThrow(new RegExp(`complex_image.*got ${dtype} \\(32\\).*byte 70`));
    await expect(readImage(pathOf(file))).rejects.toThrow(FormatError);
  }); // prettier-ignore

  it("finds the header of a pair from its .img, and a volume of four dimensions by its index", async () => {
    const [header, pixels] = await Promise.all([readImage(pathOf("nifti/ras.hdr")), readImage(pathOf("nifti/ras.img"))]); // prettier-ignore
    expect(pixels).toEqual(header);
    const all = await readImage(pathOf("nifti/functional.nii"));
    const one = await readImage(pathOf("nifti/functional.nii"), { volume: 19 });
    expect(one.shape).toEqual([3, 21, 17]);
    expect(one.pixels).toEqual(all.pixels.slice(19 * 3 * 21 * 17));
    await expect(readImage(pathOf("nifti/functional.nii"), { volume: 20 })).rejects.toThrow(/a volume from 0 to 19, got 20/);
  }); // prettier-ignore
});

describe.skipIf(!isThere)("DICOM files as pydicom and gdcm read them (skipped where ../shared/data is absent)", () => {
  it.each(dicomReferences.filter(([, { error }]) => error === undefined))(
    "%s: the same pixels (lossy to 1e-3), rescale, window and place",
    async (file, want) => {
      const image = await readImage(pathOf(file));
      const stored = await factsOf({ ...image, rescale: { slope: 1, intercept: 0 } });
      const isLossy = want.transfer_syntax === "1.2.840.10008.1.2.4.51";
      expect(image.shape).toEqual(want.stored.shape);
      expect(pixelTypeOf(image)).toBe(want.stored.dtype.replace(">i2", "int16"));
      expect(image.bigEndian).toBe(want.stored.dtype.startsWith(">"));
      expect(off(stored.sum, want.stored.sum)).toBeLessThanOrEqual(isLossy ? 1e-3 : 0);
      expect([stored.minimum, stored.maximum]).toEqual([want.stored.min, want.stored.max]);
      expect(Array.from(image.pixels.slice(0, 8), Number)).toEqual(want.stored.first8);
      expect(image.rescale).toEqual({ slope: want.slope ?? 1, intercept: want.intercept ?? 0 });
      expect(image.photometric).toBe(want.photometric);
      expect(image.windows.map(({ center }) => center)).toEqual(want.window_center ?? []);
      expect(image.windows.map(({ width }) => width)).toEqual(want.window_width ?? []);
      if (want.pixel_spacing) expect(image.spacing?.slice(0, 2)).toEqual([...want.pixel_spacing].reverse());
      expect(image.dicom).toMatchObject({ transferSyntax: want.transfer_syntax, modality: want.modality });
      if (want.image_position) expect(image.dicom?.position).toEqual(want.image_position);
      if (want.image_orientation) expect(image.dicom?.orientation).toEqual(want.image_orientation);
      if (want.instance_number) expect(image.dicom?.instanceNumber).toBe(want.instance_number);
    },
  );

  it.each(dicomReferences.filter(([, { error }]) => error !== undefined))("%s, which they cannot read, is refused", async (file) => {
    const refusal = readImage(pathOf(file));
    await expect(refusal).rejects.toThrow(FormatError);
    await expect(refusal).rejects.toThrow(/no_meta\.dcm: expected PNG.* or DICOM \("DICM" at byte 128, or group 0002 at once\), got 20 08 00 05/);
  }); // prettier-ignore

  it("a series is sorted by its places, whatever its names say", async () => {
    const folder = pathOf("dicom_series_hippocrop/");
    const files = readdirSync(folder).map((name) => folder + name);
    expect(files).toHaveLength(seriesReference.n_files);
    const volumes = await readSeries(files);
    expect(volumes).toHaveLength(1);
    const [{ shape, pixels, spacing, affine }] = volumes;
    expect(shape).toEqual(seriesReference.shape_zyx);
    expect(pixelTypeOf(volumes[0])).toBe(seriesReference.dtype);
    const size = shape[1] * shape[2];
    const sums = Array.from({ length: shape[0] }, (_, z) =>
      (pixels as Int16Array).subarray(z * size, (z + 1) * size).reduce((sum, value) => sum + value, 0),
    );
    expect(sums).toEqual(seriesReference.slice_sums_in_z_order);
    const facts = await factsOf(volumes[0]);
    expect(facts).toMatchObject({ sum: seriesReference.sum, minimum: seriesReference.min, maximum: seriesReference.max }); // prettier-ignore
    expect(spacing).toEqual([...seriesReference.pixel_spacing, 1]);
    expect(affine?.[2]).toEqual([0, 0, 1, seriesReference.z_positions[0]]);
  });
});

describe.skipIf(!isThere)("JPEG files (skipped where ../shared/data is absent)", () => {
  // Sums of the pixels as Pillow 9.4 (libjpeg-turbo) decodes them.
  it.each([
    ["figshare_1.jpg", [512, 512], 8770815],
    ["sartaj_glioma_gg1.jpg", [512, 512, 3], 21113574],
    ["sartaj_no_tumor_1.jpg", [350, 350, 3], 25612398],
  ])("%s has the sum that Pillow's pixels have", async (file, shape, sum) => {
    const image = await readImage(pathOf(`png_jpg/${file}`));
    expect([image.format, image.shape, pixelTypeOf(image)]).toEqual(["jpeg", shape, "uint8"]);
    expect((await factsOf(image)).sum).toBe(sum);
  });
});

// DICOM files as images: one frame or several, with where they lie and what their values mean.
import type { DicomOrigin, Image, Rescale } from "../data/image.ts";
import { attributesOf } from "./dicom/attributes.ts";
import type { Attributes } from "./dicom/attributes.ts";
import { readElements } from "./dicom/elements.ts";
import { affineOf, checkOrientation, normalOf, placementOf, stackingOf } from "./dicom/geometry.ts";
import type { Placement } from "./dicom/geometry.ts";
import { describePixels } from "./dicom/pixel-description.ts";
import type { PixelDescription } from "./dicom/pixel-description.ts";
import { readPixels } from "./dicom/pixels.ts";
import { modalityTableOf, paletteOf } from "./dicom/tables.ts";
import { rescaleOf, windowsOf } from "./dicom/values.ts";
import type { WholeSource } from "./whole.ts";

/** @throws FormatError naming the byte or the tag. */
export async function readDicom(whole: WholeSource, maximumBytes: number): Promise<Image> {
  const file = await readElements(whole, maximumBytes);
  const { name, syntax, uid } = file;
  const attributes = attributesOf(file.dataSet, syntax.isLittle, name);
  const description = describePixels(attributes);
  const { width, height, frames, colours, isSigned } = description;
  const rescales = rescalesOf(attributes, description);
  const placements = placementsOf(attributes, frames);
  const { pixels, photometric } = await readPixels(file, description, maximumBytes);
  const [first] = placements;
  const stacking = frames > 1 ? stackingOf(placements) : null;
  const depth = stacking ? (stacking.isEven ? stacking.distance : null) : first.depth;
  const { spacing } = first;
  const isUneven = frames > 1 && stacking !== null && !stacking.isEven;
  return {
    format: "dicom",
    pixels,
    shape: [...(frames > 1 ? [frames] : []), height, width, ...(colours > 1 ? [colours] : [])],
    colours,
    spacing: frames > 1 ? spacing && depth !== null ? [...spacing, depth] : null : spacing,
    unit: "mm",
    affine: isUneven ? null : affineOf(first, stacking?.step ?? null),
    ...rescales,
    modalityTable: modalityTableOf(attributes, isSigned),
    windows: windowsOf(attributes),
    photometric,
    palette: photometric === "PALETTE COLOR" ? paletteOf(attributes, isSigned) : null,
    bigEndian: !syntax.isLittle,
    dicom: originOf(attributes, uid, first),
  }; // prettier-ignore
}

/** Frames may each have a slope of their own; where all have the same, it is the image's. */
function rescalesOf(attributes: Attributes, { frames }: PixelDescription): Pick<Image, "rescale" | "frameRescales"> {
  const rescale = rescaleOf(attributes, 0);
  if (frames === 1 || !attributes.has("x52009230")) return { rescale, frameRescales: null };
  const count = Math.min(frames, attributes.items("x52009230").length);
  const all: Rescale[] = Array.from({ length: frames }, (_, frame) =>
    frame < count ? rescaleOf(attributes, frame) : rescale,
  );
  const isCommon = all.every(({ slope, intercept }) => slope === rescale.slope && intercept === rescale.intercept);
  return { rescale, frameRescales: isCommon ? null : all };
}

/** Frames lie where their own groups say, or by the offsets of a dose grid (3004,000c) along the normal. */
function placementsOf(attributes: Attributes, frames: number): readonly Placement[] {
  const first = placementOf(attributes, 0);
  checkOrientation(first.orientation, attributes.name);
  if (frames === 1) return [first];
  const offsets = attributes.decimals("x3004000c");
  const { position, orientation } = first;
  if (offsets.length === frames && position && orientation) {
    const normal = normalOf(orientation);
    // Offsets begin with 0, or are places along z themselves.
    return offsets.map((offset) => ({ ...first, position: position.map((value, axis) => value + normal[axis] * (offset - offsets[0])) })); // prettier-ignore
  }
  const own = attributes.items("x52009230").length;
  if (own < frames) return [first];
  return Array.from({ length: frames }, (_, frame) => (frame === 0 ? first : placementOf(attributes, frame)));
}

function originOf(attributes: Attributes, transferSyntax: string, { position, orientation }: Placement): DicomOrigin {
  const text = (tag: string) => attributes.text(tag) ?? "";
  const number = text("x00200013");
  return {
    transferSyntax,
    modality: text("x00080060"),
    patient: text("x00100020"),
    study: text("x0020000d"),
    series: text("x0020000e"),
    instance: text("x00080018"),
    instanceNumber: /^[+-]?\d+$/.test(number) ? Number(number) : null,
    position,
    orientation,
    doseGridScaling: attributes.decimal("x3004000e"),
  };
}

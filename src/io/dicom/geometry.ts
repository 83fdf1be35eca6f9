// Where a DICOM image lies in the body (PS3.3 C.7.6.2): positions, directions and distances, of one frame or several.
import { FormatError } from "../../errors.ts";
import type { Attributes } from "./attributes.ts";

/** Of one frame; null where the file does not say. Places are in DICOM's millimetres: left, posterior, superior. */
export interface Placement {
  readonly position: readonly number[] | null;
  /** Direction cosines along a row, then along a column. */
  readonly orientation: readonly number[] | null;
  /** Between neighbours in a row, and between rows. */
  readonly spacing: readonly [x: number, y: number] | null;
  /** Between slices, or their thickness: what a frame alone says of the third axis. */
  readonly depth: number | null;
}

/** Reads attributes of the image, of its shared functional groups, and of one frame's own. */
export function placementOf(attributes: Attributes, frame: number): Placement {
  const shared = attributes.items("x52009229")[0] as Attributes | undefined;
  const own = attributes.items("x52009230")[frame] as Attributes | undefined;
  const find = (group: string, tag: string, count: number): readonly number[] | null => {
    for (const set of [own?.items(group)[0], shared?.items(group)[0], attributes]) {
      const values = set?.decimals(tag) ?? [];
      if (values.length >= count) return values.slice(0, count);
    }
    return null;
  };
  // Pixel spacing in the patient; else at the detector, or of the film that was scanned.
  const rows = find("x00289110", "x00280030", 2) ?? find("", "x00181164", 2) ?? find("", "x00182010", 2);
  const depth = find("x00289110", "x00180088", 1) ?? find("x00289110", "x00180050", 1);
  const positive = rows?.every((distance) => distance > 0);
  return {
    position: find("x00209113", "x00200032", 3),
    orientation: find("x00209116", "x00200037", 6),
    spacing: rows && positive ? [rows[1], rows[0]] : null,
    depth: depth && depth[0] !== 0 ? Math.abs(depth[0]) : null,
  };
}

export function normalOf([rx, ry, rz, cx, cy, cz]: readonly number[]): readonly [number, number, number] {
  return [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** @throws FormatError for directions that are not of length 1 and at right angles. */
export function checkOrientation(orientation: readonly number[] | null, name: string): void {
  if (!orientation) return;
  const [row, column] = [orientation.slice(0, 3), orientation.slice(3, 6)];
  const off = Math.max(Math.abs(dot(row, row) - 1), Math.abs(dot(column, column) - 1), Math.abs(dot(row, column)));
  if (off <= 0.01) return;
  throw new FormatError(
    `${name}: expected directions of length 1 at right angles in (0020,0037), got ${orientation.join("\\")}`,
  );
}

/**
 * 4x4 from (column, row, slice) to millimetres to the right, anterior and superior, as NIfTI has them; null where something
 * is not said. A slice alone is taken to be as deep as it says, or 1.
 * @param step from one slice to the next; along the normal where it is null.
 */
export function affineOf(
  { position, orientation, spacing, depth }: Placement,
  step: readonly number[] | null,
): readonly (readonly number[])[] | null {
  if (!position || !orientation || !spacing) return null;
  const along = step ?? normalOf(orientation).map((cosine) => cosine * (depth ?? 1));
  const signs = [-1, -1, 1];
  const rows = signs.map((sign, axis) =>
    [orientation[axis] * spacing[0], orientation[axis + 3] * spacing[1], along[axis], position[axis]].map((value) => sign * value || 0),
  ); // prettier-ignore
  return [...rows, [0, 0, 0, 1]];
}

/** How slices follow each other: the step, and whether all steps are the same to a hundredth. */
export interface Stacking {
  readonly step: readonly number[];
  readonly distance: number;
  readonly isEven: boolean;
}

/** null where positions are missing or there is one slice only. */
export function stackingOf(placements: readonly Placement[]): Stacking | null {
  const positions = placements.map(({ position }) => position);
  const [first] = positions;
  const last = positions[positions.length - 1];
  if (positions.length < 2 || !first || !last) return null;
  const step = first.map((value, axis) => (last[axis] - value) / (positions.length - 1));
  const distance = Math.sqrt(dot(step, step));
  const isEven = positions.every((position, i) => {
    if (!position) return false;
    const off = position.map((value, axis) => value - first[axis] - i * step[axis]);
    return Math.sqrt(dot(off, off)) <= 0.01 * distance;
  });
  return { step, distance, isEven: isEven && distance > 0 };
}

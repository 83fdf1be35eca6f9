// Tells an image's format by its first bytes, never by its name.

export type ImageFormat = "nifti1" | "nifti2" | "dicom" | "png" | "jpeg";

/** How a file of each format begins. */
export const beginnings =
  'PNG ("\\x89PNG"), JPEG (ff d8 ff), NIfTI ("n+1" or "ni1" at byte 344, "n+2" or "ni2" at byte 4) or DICOM ("DICM" at byte 128, or group 0002 at once)';

/** null when it is none of them. */
export function formatOf(head: Uint8Array): ImageFormat | null {
  const is = (at: number, ...bytes: readonly number[]) => bytes.every((byte, i) => head[at + i] === byte);
  if (is(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (is(0, 0xff, 0xd8, 0xff)) return "jpeg";
  if (is(128, 0x44, 0x49, 0x43, 0x4d) || is(0, 0x44, 0x49, 0x43, 0x4d, 2, 0) || isMeta(head)) return "dicom";
  if (is(0, 348 & 255, 348 >> 8, 0, 0) || is(0, 0, 0, 348 >> 8, 348 & 255))
    return isMagic(head, 344, "1") ? "nifti1" : null;
  if (is(0, 540 & 255, 540 >> 8, 0, 0) || is(0, 0, 0, 540 >> 8, 540 & 255))
    return isMagic(head, 4, "2") ? "nifti2" : null;
  return null;
}

/** Group 0002 at once, of a file that lost its preamble and "DICM": one of its first elements, with its type. */
function isMeta(head: Uint8Array): boolean {
  if (head[0] !== 2 || head[1] !== 0 || head[3] !== 0) return false;
  const type = String.fromCharCode(head[4], head[5]);
  return { 0: "UL", 1: "OB", 2: "UI", 0x10: "UI" }[head[2]] === type;
}

/** "n+1" or "ni1", and a zero. */
function isMagic(head: Uint8Array, at: number, version: "1" | "2"): boolean {
  const text = String.fromCharCode(...head.subarray(at, at + 4));
  return text === `n+${version}\0` || text === `ni${version}\0`;
}

/** The first bytes, to stand in an error message. */
export function firstBytes(head: Uint8Array): string {
  if (head.length === 0) return "an empty file";
  const bytes = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const [first, second] = head;
  if ((first === 92 && second === 1) || (head[2] === 1 && head[3] === 92))
    return `a header without a mark (${bytes}), as Analyze 7.5 has it. Save it as NIfTI.`;
  if (first === 0x50 && second === 0x4b) return `a zip file (${bytes}); readNpz reads .npz`;
  return `${bytes}${head.length < 132 ? ` in a file of ${head.length} bytes` : ""}`;
}

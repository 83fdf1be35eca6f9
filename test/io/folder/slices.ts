// DICOM slices for tests, of one value and at a place along z.
import { dicomBytes, imageAttributes } from "../images/dicom-bytes.ts";
import type { Attribute } from "../images/dicom-bytes.ts";

/** A slice of one value at a place along z. */
export function dicom(value: number, z: number, { series = "1.2", patient = "" } = {}): Uint8Array {
  const more: Attribute[] = [
    ["00100020", "LO", patient],
    ["0020000d", "UI", "1.1"],
    ["0020000e", "UI", series],
    ["00280030", "DS", "1\\1"],
    ["00200032", "DS", `0\\0\\${z}`],
    ["00200037", "DS", "1\\0\\0\\0\\1\\0"],
  ];
  const pixels = ["7fe00010", "OB", new Uint8Array(6).fill(value)] as const;
  return dicomBytes({ attributes: imageAttributes({ width: 3, height: 2, bits: 8, more }, pixels) });
}

// The packed frames of encapsulated pixels (PS3.5 annex A.4): which fragments make which frame.
import type { Element } from "dicom-parser";
import { FormatError } from "../../errors.ts";

/**
 * The bytes of each frame. Fragments are joined by the offset table where it is filled; without it one fragment is one
 * frame, all of them are the only frame, or a frame begins where a fragment begins with a stream's first marker.
 * @throws FormatError for fragments that overrun the file, and when they make another number of frames.
 */
export function framesOf(
  bytes: Uint8Array<ArrayBuffer>,
  element: Element,
  frames: number,
  name: string,
): readonly Uint8Array<ArrayBuffer>[] {
  const fail = (what: string): never => {
    throw new FormatError(`${name}: expected ${what} in the pixels (7fe0,0010) at byte ${element.dataOffset}`);
  };
  const fragments = element.fragments ?? [];
  if (!element.encapsulatedPixelData || fragments.length === 0) fail("fragments of packed pixels, got none");
  for (const { position, length } of fragments) {
    if (position + length > bytes.length)
      fail(
        `a fragment of ${length} bytes from byte ${position} on, got ${bytes.length - position}: the file is cut off`,
      );
  }
  // Without its end dicom-parser leaves the length as it was; what is there may lack frames.
  if (element.length === 4294967295) fail("an end (fffe,e0dd), got the end of the file: it is cut off");
  const whole = (from: number, to: number) => {
    const parts = fragments.slice(from, to).map(({ position, length }) => bytes.subarray(position, position + length));
    return parts.length === 1 ? parts[0] : joined(parts);
  };
  if (frames === 1) return [whole(0, fragments.length)];
  const starts = startsOf(bytes, element, frames);
  if (starts.length !== frames) fail(`${frames} frames, got ${starts.length} in ${fragments.length} fragments`);
  return starts.map((start, i) => whole(start, starts[i + 1] ?? fragments.length));
}

/** The first fragment of each frame. */
function startsOf(bytes: Uint8Array, { fragments = [], basicOffsetTable = [] }: Element, frames: number): number[] {
  if (fragments.length === frames) return fragments.map((_, i) => i);
  const byOffset = new Map(fragments.map(({ offset }, i) => [offset, i]));
  const byTable = basicOffsetTable.map((offset) => byOffset.get(offset) ?? -1);
  const isRising = byTable.every((start, i) => start >= 0 && start > (byTable[i - 1] ?? -1));
  if (byTable.length === frames && isRising) return byTable;
  return fragments.flatMap(({ position }, i) => (beginsStream(bytes, position) ? [i] : []));
}

/** JPEG and JPEG-LS begin with ff d8 ff, JPEG 2000 with ff 4f ff 51. */
function beginsStream(bytes: Uint8Array, at: number): boolean {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  return first === 0xff && (second === 0xd8 || second === 0x4f) && third === 0xff;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

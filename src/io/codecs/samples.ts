// What every codec of pixels gives: samples of one frame, colours last, as unsigned bits.

/** What a frame must be; a codec whose own header says another thing is not run. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
}

/** One frame of samples, row by row, colours last. Signed ones stand as two's complement of `bits` or more bits. */
export interface Samples {
  readonly data: Uint8Array | Uint16Array;
  /** What the colours mean where the codec changed or knows them; null where it only kept them. */
  readonly photometric: "RGB" | null;
}

/** A decoder gave up on the bytes, or they are not of its kind; the message says what was expected and got. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}

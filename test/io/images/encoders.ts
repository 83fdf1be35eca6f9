// The encoders that stand beside the codecs' decoders, to make packed frames for tests.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

interface Encoder {
  getDecodedBuffer(shape: EncodedShape & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setDecompositions?(levels: number): void;
  setInterleaveMode?(mode: number): void;
  setNearLossless?(steps: number): void;
  setQuality?(...quality: readonly (boolean | number)[]): void;
  setProgressive?(isProgressive: boolean): void;
}

export interface EncodedShape {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

const encoders = {
  jpeg: ["@cornerstonejs/codec-libjpeg-turbo-8bit", "JPEGEncoder"],
  "jpeg-ls": ["@cornerstonejs/codec-charls", "JpegLSEncoder"],
  "jpeg-2000": ["@cornerstonejs/codec-openjpeg", "J2KEncoder"],
  htj2k: ["@cornerstonejs/codec-openjph", "HTJ2KEncoder"],
} as const;

export type EncoderName = keyof typeof encoders;

/** @param set chooses the encoder's options before it runs. */
export async function encodeFrame(
  name: EncoderName,
  shape: EncodedShape,
  pixels: Uint8Array,
  set: (encoder: Encoder) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const [folder, className] = encoders[name];
  type Factory = (options: object) => Promise<Record<string, new () => Encoder>>;
  const factory = require(`${folder}/wasmjs`) as Factory;
  const wasmBinary = readFileSync(require.resolve(`${folder}/wasm`));
  const quiet = () => undefined;
  const encoder = new (await factory({ wasmBinary, print: quiet, printErr: quiet }))[className]();
  // Small images have no room for the five levels that encoders take.
  encoder.setDecompositions?.(2);
  set(encoder);
  encoder.getDecodedBuffer({ ...shape, isUsingColorTransform: false }).set(pixels);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}

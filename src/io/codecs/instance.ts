// Running one of the cornerstone codecs: an instance of its WebAssembly, bytes in, samples out.
import { CodecError } from "./samples.ts";
import type { FrameShape } from "./samples.ts";

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
  getInterleaveMode?(): number;
}

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

export interface CodecModule {
  readonly HEAPU8: Uint8Array;
  getExceptionMessage?(pointer: number): unknown;
}

export type CodecFactory = (options: {
  readonly wasmBinary: Uint8Array;
  print(text: string): void;
  printErr(text: string): void;
}) => Promise<CodecModule>;

/** Memory of an instance never shrinks: one that grew beyond this is not kept. */
const mostKeptBytes = 134217728;

/** Decodes frames with one class of one codec. */
export interface Codec {
  /** @throws CodecError for bytes that do not decode to this shape. */
  decode(bytes: Uint8Array, shape: FrameShape): Promise<Uint8Array | Uint16Array>;
}

/**
 * An instance is kept for the next frame (nothing in it changes a result), and given up once a decoder failed in it.
 * @param className the decoder's class in the module.
 */
export function codecOf(factory: CodecFactory, base64: string, className: string): Codec {
  let kept: CodecModule | null = null;
  return {
    async decode(bytes, shape) {
      const module = kept ?? (await factory({ wasmBinary: bytesOf(base64), print: ignore, printErr: ignore }));
      kept = null;
      let decoder: Decoder | undefined;
      try {
        decoder = new (module as unknown as Record<string, new () => Decoder>)[className]();
        decoder.getEncodedBuffer(bytes.length).set(bytes);
        decoder.decode();
        const samples = samplesOf(decoder, shape);
        decoder.delete();
        if (module.HEAPU8.length <= mostKeptBytes) kept = module;
        return samples;
      } catch (cause) {
        if (cause instanceof CodecError) throw cause;
        throw new CodecError(`expected bytes that decode, but ${reasonOf(module, cause)}`, { cause });
      }
    },
  };
}

const ignore = () => undefined;

/** The one of JPEG-LS's orders that CharLS hands on as it is; the others come pixel by pixel. */
const planeByPlane = 0;

function pixelByPixel(planes: Uint8Array | Uint16Array, colours: number): Uint8Array | Uint16Array {
  const pixels = planes.slice();
  const size = planes.length / colours;
  for (let i = 0; i < size; i++)
    for (let colour = 0; colour < colours; colour++) pixels[i * colours + colour] = planes[colour * size + i];
  return pixels;
}

function samplesOf(decoder: Decoder, { width, height, colours }: FrameShape): Uint8Array | Uint16Array {
  const info = decoder.getFrameInfo();
  const decoded = decoder.getDecodedBuffer();
  const isWide = info.bitsPerSample > 8;
  const length = width * height * colours;
  if (info.width !== width || info.height !== height || info.componentCount !== colours)
    throw new CodecError(`expected ${width}x${height} pixels of ${colours} values, got ${info.width}x${info.height} of ${info.componentCount}`); // prettier-ignore
  if (decoded.length !== length * (isWide ? 2 : 1))
    throw new CodecError(`expected ${length * (isWide ? 2 : 1)} bytes decoded, got ${decoded.length}: it is cut off or broken`); // prettier-ignore
  // WebAssembly is little-endian; so is every machine that runs these codecs' glue.
  const own = new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length).slice();
  const samples = isWide ? new Uint16Array(own.buffer, 0, length) : own;
  return colours > 1 && decoder.getInterleaveMode?.() === planeByPlane ? pixelByPixel(samples, colours) : samples;
}

/** C++ exceptions come as addresses; some modules can say what stands there. */
function reasonOf(module: CodecModule, cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  try {
    const message = typeof cause === "number" ? module.getExceptionMessage?.(cause) : cause;
    return typeof message === "string" ? message : "the decoder gave up";
  } catch {
    return "the decoder gave up";
  }
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

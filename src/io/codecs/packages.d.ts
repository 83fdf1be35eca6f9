// What the codecs' packages export that have no types of their own.

/** Emscripten's factories: each makes a module of WebAssembly with the classes it exports. */
declare module "@cornerstonejs/*" {
  const factory: (options: {
    readonly wasmBinary: Uint8Array;
    print(text: string): void;
    printErr(text: string): void;
  }) => Promise<{ readonly HEAPU8: Uint8Array }>;
  export default factory;
}

declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    /** The row that is decoded next. */
    readonly yLoc: number;
    decode(buffer: ArrayBuffer, offset: number, length: number): Uint8Array | Uint16Array;
  }
}

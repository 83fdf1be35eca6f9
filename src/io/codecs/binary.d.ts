/** The WebAssembly of one codec, base64; written by `npm run build:codecs`. */
export declare const codecBase64: string;

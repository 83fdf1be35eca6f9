/** A numeric build of assembly/ for release, as text (byte-text.ts); written by `npm run build:kernels`. */
export declare const kernelsText: string;

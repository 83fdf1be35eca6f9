/** A numeric build of assembly/ for release, base64; written by `npm run build:kernels`. */
export declare const kernelsBase64: string;

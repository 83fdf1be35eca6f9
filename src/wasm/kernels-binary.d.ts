/** The release build of assembly/, base64; written by `npm run build:kernels`. */
export declare const kernelsBase64: string;

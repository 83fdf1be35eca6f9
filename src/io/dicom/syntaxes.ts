// DICOM's transfer syntaxes (PS3.5 section 10, annex A): how elements are written, and how pixels are packed.

export type PixelPacking = "native" | "rle" | "jpeg" | "jpeg-2000" | "htj2k";

export interface TransferSyntax {
  readonly name: string;
  readonly isExplicit: boolean;
  readonly isLittle: boolean;
  readonly isDeflated: boolean;
  readonly pixels: PixelPacking;
}

const syntax = (name: string, pixels: PixelPacking, more: Partial<TransferSyntax> = {}): TransferSyntax => ({
  ...{ name, pixels, isExplicit: true, isLittle: true, isDeflated: false, ...more },
});

/** What is read; "jpeg" stands for JPEG and JPEG-LS, told apart by the stream itself. */
export const transferSyntaxes: Readonly<Record<string, TransferSyntax>> = {
  "1.2.840.10008.1.2": syntax("implicit little endian", "native", { isExplicit: false }),
  "1.2.840.10008.1.2.1": syntax("explicit little endian", "native"),
  "1.2.840.10008.1.2.1.99": syntax("deflated explicit little endian", "native", { isDeflated: true }),
  "1.2.840.10008.1.2.2": syntax("explicit big endian", "native", { isLittle: false }),
  "1.2.840.10008.1.2.5": syntax("RLE lossless", "rle"),
  "1.2.840.10008.1.2.4.50": syntax("JPEG baseline", "jpeg"),
  "1.2.840.10008.1.2.4.51": syntax("JPEG extended", "jpeg"),
  "1.2.840.10008.1.2.4.57": syntax("JPEG lossless", "jpeg"),
  "1.2.840.10008.1.2.4.70": syntax("JPEG lossless, first-order prediction", "jpeg"),
  "1.2.840.10008.1.2.4.80": syntax("JPEG-LS lossless", "jpeg"),
  "1.2.840.10008.1.2.4.81": syntax("JPEG-LS near-lossless", "jpeg"),
  "1.2.840.10008.1.2.4.90": syntax("JPEG 2000 lossless", "jpeg-2000"),
  "1.2.840.10008.1.2.4.91": syntax("JPEG 2000", "jpeg-2000"),
  "1.2.840.10008.1.2.4.92": syntax("JPEG 2000 of several components, lossless", "jpeg-2000"),
  "1.2.840.10008.1.2.4.93": syntax("JPEG 2000 of several components", "jpeg-2000"),
  "1.2.840.10008.1.2.4.201": syntax("HTJ2K lossless", "htj2k"),
  "1.2.840.10008.1.2.4.202": syntax("HTJ2K lossless, by resolution", "htj2k"),
  "1.2.840.10008.1.2.4.203": syntax("HTJ2K", "htj2k"),
};

/** What is known by name, and not read. */
export const refusedSyntaxes: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.4.94": "JPIP, whose pixels are on a server",
  "1.2.840.10008.1.2.4.95": "JPIP, whose pixels are on a server",
  "1.2.840.10008.1.2.4.100": "MPEG-2 video",
  "1.2.840.10008.1.2.4.101": "MPEG-2 video",
  "1.2.840.10008.1.2.4.102": "MPEG-4 video",
  "1.2.840.10008.1.2.4.103": "MPEG-4 video",
  "1.2.840.10008.1.2.4.104": "MPEG-4 video",
  "1.2.840.10008.1.2.4.107": "HEVC video",
  "1.2.840.10008.1.2.4.108": "HEVC video",
  "1.2.840.10008.1.2.4.110": "JPEG XL lossless",
  "1.2.840.10008.1.2.4.111": "JPEG XL recompression of JPEG",
  "1.2.840.10008.1.2.4.112": "JPEG XL",
};

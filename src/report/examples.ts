// The field `examples` of a report: single test images as small pictures, and maps of what their answers rest on.

/** A plane of an image, or of a mask. Bytes as base64, row-major, the top row first. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Of a volume, which slice it is, from 0. */
  readonly slice?: number;
  /** One byte a pixel: of an image from black (0) to white (255), of a mask 0 or k for the k-th foreground class. */
  readonly gray: string;
}

/** A plane of a map: int8 as base64, row-major, the top row first; above 0 what speaks for the answer. */
export interface SignedPicture {
  readonly width: number;
  readonly height: number;
  readonly slice?: number;
  readonly signed: string;
  /** The value that 127 stands for; 0 where the map is 0 everywhere. */
  readonly scale: number;
}

/** One image of the test set, and what the network said of it. All its pictures are of one slice and size. */
export interface Example {
  /** Its place in the test set, from 0. */
  readonly index: number;
  /** The true class; for masks which classes have how many voxels. */
  readonly truth: string;
  readonly predicted: string;
  /** The probability of what was predicted; for masks its mean over the voxels that were called the explained class. */
  readonly probability: number;
  /** For masks, the image's Dice: the mean over the classes that either mask has. */
  readonly dice?: number;
  /** The image in gray: its 0.5th percentile black, its 99.5th white. */
  readonly picture: Picture;
  /** Gradient times input, of the log-odds of what was predicted; null where it is not finite. */
  readonly saliency: SignedPicture | null;
  /** The drop of the log-odds of what was predicted where a patch is painted over; null where painting over would take too long, or is not finite. */
  readonly occlusion: SignedPicture | null;
  /** The true mask, where the set has masks. */
  readonly mask?: Picture;
  readonly predictedMask?: Picture;
}

/** Single images of the test set. Never looked at before the seal was broken. */
export interface Examples {
  /** The most confident errors first; for masks the lowest Dice first. */
  readonly worst: readonly Example[];
  /** The most confident right answers first; for masks the highest Dice first. */
  readonly best: readonly Example[];
}

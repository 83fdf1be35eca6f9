// What is done to an image when it is read, before anything learns from it: plain values, applied in their order.

/** A plain value that JSON keeps. */
export type Preprocessing =
  | { readonly kind: "window"; readonly centre: number; readonly width: number }
  | { readonly kind: "percentileClip"; readonly low: number; readonly high: number }
  | { readonly kind: "rescale"; readonly to: readonly [number, number] }
  | { readonly kind: "standardize" }
  | { readonly kind: "resampleToSize"; readonly size: readonly number[] }
  | { readonly kind: "resampleToSpacing"; readonly spacing: number | readonly number[] }
  | { readonly kind: "centreCropOrPad"; readonly size: readonly number[]; readonly fill: number | null }
  | { readonly kind: "gray" };

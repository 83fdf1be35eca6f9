// The surface distances of the masks of one image, averaged over its foreground classes.
import { meanOfImages } from "./segmentation.ts";
import { surfaceDistances } from "./surface.ts";
import type { SurfaceDistances } from "./surface.ts";

/**
 * The means of `surfaceDistances` over the foreground classes for which they are defined. Axes of a single voxel are left
 * out: the slice of a flat image has an edge, not two faces.
 *
 * @param truth class index of each voxel, 0 = background, k = k-th foreground class
 * @param predicted the same of the prediction
 * @param shape of the mask, slowest axis first
 * @param spacing distance of neighbours along each of these axes
 * @returns nulls with a reason when no class is in both masks
 */
export function maskSurfaces(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  foregroundClasses: number,
  shape: readonly number[],
  spacing: readonly number[],
): SurfaceDistances {
  const axes = shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  const kept = axes.length > 0 ? axes : [0];
  const sizes = kept.map((axis) => shape[axis]);
  const steps = kept.map((axis) => spacing[axis]);
  const ofClasses = Array.from({ length: foregroundClasses }, (_, k) =>
    surfaceDistances(truth, predicted, sizes, steps, k + 1),
  );
  const mean = (name: keyof SurfaceDistances) => {
    const { value, reason } = meanOfImages(ofClasses.map((distances) => distances[name]));
    return value === null ? { value, reason } : { value };
  };
  return {
    hausdorff: mean("hausdorff"),
    hausdorff95: mean("hausdorff95"),
    meanSurfaceDistance: mean("meanSurfaceDistance"),
  };
}

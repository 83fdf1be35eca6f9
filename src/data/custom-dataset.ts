// A dataset over images that the caller reads one at a time, at once or later: from a database, a server, another format.
import { cachedDataset, checkCacheBytes, defaultCacheBytes } from "./cached-dataset.ts";
import type { KeptImage } from "./cached-dataset.ts";
import { checkShape } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import { classIndexes, groupNames, imageWeights } from "./truth.ts";
import type { Values } from "./truth.ts";

export interface CustomDatasetOptions {
  readonly length: number;
  /** The shape of one image, slowest index first. */
  readonly shape: readonly number[];
  /** The classes' names; left out without labels. */
  readonly classes?: readonly string[];
  /** Writes the image's intensities, row-major, to `into`; may return a promise. */
  read(index: number, into: Float32Array): void | Promise<void>;
  /** The class index of each image. */
  readonly labels?: Values | null;
  /** The foreground values of masks in sorted order, where there is `readMask`. */
  readonly maskClasses?: readonly number[];
  /** Elements of one mask: the voxels of an image, which are its values unless it has colours. */
  readonly maskLength?: number;
  /** Writes the mask's class indexes (0 = background, k = maskClasses[k - 1]) to `into`; may return a promise. */
  readMask?(index: number, into: Uint8Array): void | Promise<void>;
  /** One name or number an image: what belongs together, such as a patient's images. */
  readonly groups?: readonly (string | number)[] | Values | null;
  /** What each image counts in losses and figures, at least 0 and not all 0; all the same when left out. */
  readonly weights?: ArrayLike<number> | null;
  /** Bytes that images may take in memory; 1 GiB by default, and never less than two batches. */
  readonly cacheBytes?: number;
  /** Stands in error messages. */
  readonly name?: string;
}

/**
 * A dataset whose images are read when they are needed and kept within `cacheBytes`. `read` must give the same image
 * whenever it is asked for the same index.
 *
 * @throws RangeError when lengths, labels or classes disagree; later, when an image has a pixel that is NaN or infinite.
 * @example
 * ```ts
 * import { customDataset, study } from "voxgrad";
 *
 * const data = customDataset({
 *   length: 40,
 *   shape: [8, 8],
 *   classes: ["dark", "light"],
 *   labels: Array.from({ length: 40 }, (_, index) => index % 2),
 *   async read(index, into) {
 *     into.fill(100 * (index % 2) + index);
 *   },
 * });
 * for await (const epoch of study({ data, seed: 7 }).train({ epochs: 2 })) console.log(epoch.totalError);
 * ```
 */
export function customDataset(options: CustomDatasetOptions): Dataset {
  const { length, shape, name = "dataset", cacheBytes = defaultCacheBytes, maskClasses = [1] } = options;
  if (!Number.isSafeInteger(length) || length < 1)
    throw new RangeError(`${name}: expected at least one image, got the length ${length}`);
  checkCacheBytes(cacheBytes);
  const size = checkShape(name, shape);
  const { classes, labels } = classesOf(options, name);
  const maskLength = options.readMask ? (options.maskLength ?? size) : 0;

  function keep(index: number, pixels: Float32Array, mask: Uint8Array | null): KeptImage {
    const wrong = pixels.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new RangeError(
        `${name}: expected finite pixels, got ${pixels[wrong]} in image ${index}, value ${wrong}. Replace it, or leave the image out.`,
      );
    const most = mask?.findIndex((value) => value > maskClasses.length) ?? -1;
    if (mask && most >= 0)
      throw new RangeError(`${name}: expected mask values from 0 to ${maskClasses.length}, got ${mask[most]} in image ${index}`); // prettier-ignore
    return { pixels, rescale: null, mask, bytes: pixels.byteLength + (mask?.length ?? 0) };
  }

  function load(index: number): KeptImage | Promise<KeptImage> {
    const pixels = new Float32Array(size);
    const mask = options.readMask ? new Uint8Array(maskLength) : null;
    const readings = [options.read(index, pixels), mask ? options.readMask?.(index, mask) : undefined];
    const waiting = readings.filter((reading) => reading instanceof Promise);
    return waiting.length === 0
      ? keep(index, pixels, mask)
      : Promise.all(waiting).then(() => keep(index, pixels, mask));
  }

  return cachedDataset(
    {
      name,
      length,
      shape: Object.freeze([...shape]),
      classes,
      labels,
      maskClasses: Object.freeze(options.readMask ? [...maskClasses] : []),
      maskLength,
      groups: options.groups ? groupNames(name, options.groups, length) : null,
      ...(options.weights ? { weights: imageWeights(name, options.weights, length) } : {}),
      isBytes: false,
      maskIndexes: null,
    },
    load,
    cacheBytes,
  );
}

function classesOf({ classes, labels, length }: CustomDatasetOptions, name: string) {
  if (!labels) return { classes: Object.freeze([]), labels: null };
  const labelValues = classes?.map((_, index) => index);
  const { values, indexes } = classIndexes(name, labels, length, labelValues);
  return { classes: Object.freeze([...(classes ?? values.map(String))]), labels: indexes };
}

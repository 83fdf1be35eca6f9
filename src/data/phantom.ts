// Made-up scans of heads, half of them with a tumour: data to learn, demonstrate and test with, free of any patient.
import { stream, type RandomStream } from "../random.ts";
import { arrayDataset, type Dataset } from "./dataset.ts";
import { drawHead, tissueAt, type Head } from "./head.ts";

export interface PhantomOptions {
  /** How many volumes, 1 to 2^24. */
  readonly count: number;
  /** An integer 0 <= seed < 2^53 (default 1). */
  readonly seed?: number;
  /** Voxels along z (slices), y (rows) and x (columns); default [10, 10, 10]. */
  readonly size?: readonly number[];
  /** The probability of a tumour, 0 to 1 (default 0.5). */
  readonly tumours?: number;
}

/** The last volume of every so many is a second scan of the patient before it. */
const volumesPerRepeat = 5;

/** Where a volume's draws for the scanner begin in its stream; the head's come before. */
const scannerDraws = 100;

/** Pixels are black + perIntensity * intensity, rounded, and cut off at 0 and 255. */
const black = 20;
const perIntensity = 170;

/**
 * Volumes of heads as 8-bit pixels, with labels (0 "healthy", 1 "tumour"), masks (1 = tumour) and groups ("patient 0001",
 * "patient 0002", ...). Every fifth volume is of the same head as the one before: a patient scanned twice.
 *
 * Skull, brain, ventricles and tumour vary in place, size and direction; the scanner adds gain, offset, a smooth field and
 * noise. A tumour is a bright core in a dark ring, so that neither mean, maximum nor deviation of a volume gives it away.
 * A volume depends on the seed and its index alone, and is the same to the last bit on every engine.
 * @throws RangeError for a count, size or probability out of range
 * @example
 * ```ts
 * import { phantoms } from "voxgrad";
 * const data = phantoms({ count: 20, seed: 7 });
 * console.log(data.shape, data.classes, data.groups); // [10, 10, 10] [ 'healthy', 'tumour' ] [ 'patient 0001', ... ]
 * ```
 */
export function phantoms(options: PhantomOptions): Dataset {
  const { count, seed = 1, size = [10, 10, 10], tumours = 0.5 } = options;
  check(count, size, tumours);
  const voxels = size[0] * size[1] * size[2];
  const images = new Uint8Array(count * voxels);
  const masks = new Uint8Array(count * voxels);
  const labels = new Uint8Array(count);
  const groups: string[] = [];
  for (let index = 0; index < count; index++) {
    const isRepeat = index % volumesPerRepeat === volumesPerRepeat - 1;
    const head = drawHead(stream(seed, "phantom", isRepeat ? index - 1 : index), tumours);
    const patient = index - Math.floor((index + 1) / volumesPerRepeat) + 1;
    groups.push(`patient ${String(patient).padStart(4, "0")}`);
    labels[index] = head.tumour === null ? 0 : 1;
    const volume = [index * voxels, (index + 1) * voxels] as const;
    scan(head, stream(seed, "phantom", index), size, images.subarray(...volume), masks.subarray(...volume));
  }
  return arrayDataset({
    images,
    shape: [...size],
    labels,
    labelValues: [0, 1],
    classes: ["healthy", "tumour"],
    masks,
    maskValues: [1],
    groups,
    name: "phantoms",
  });
}

/** Fills a volume's pixels and mask. Every tumour has a voxel in the mask: where none is inside, the nearest. */
function scan(head: Head, random: RandomStream, size: readonly number[], pixels: Uint8Array, mask: Uint8Array): void {
  let drawn = scannerDraws;
  const around = (middle: number, spread: number): number => middle + spread * (2 * random.uniform(drawn++) - 1);
  const gain = around(1, 0.2);
  const offset = around(0, 0.08);
  const field = Float64Array.from({ length: 6 }, () => around(0, 0.15));
  const [slices, rows, columns] = size;
  const edge = (2 / slices + 2 / rows + 2 / columns) / 3;
  const tissue = { intensity: 0, tumourDistance: Infinity };
  let nearest = Infinity;
  let nearestVoxel = 0;
  for (let voxel = 0; voxel < pixels.length; voxel++) {
    // From -1 to 1 at the volume's faces; the tissue is that of the voxel's centre.
    const x = (2 * (voxel % columns) + 1) / columns - 1;
    const y = (2 * (Math.floor(voxel / columns) % rows) + 1) / rows - 1;
    const z = (2 * Math.floor(voxel / (columns * rows)) + 1) / slices - 1;
    tissueAt(head, z, y, x, edge, tissue);
    const bias =
      1 + field[0] * z + field[1] * y + field[2] * x + field[3] * z * y + field[4] * y * x + field[5] * x * z;
    const intensity = gain * bias * tissue.intensity + offset + 0.085 * random.normal(voxel);
    pixels[voxel] = Math.max(0, Math.min(255, Math.round(black + perIntensity * intensity)));
    mask[voxel] = tissue.tumourDistance < 1 ? 1 : 0;
    if (tissue.tumourDistance >= nearest) continue;
    nearest = tissue.tumourDistance;
    nearestVoxel = voxel;
  }
  if (head.tumour !== null) mask[nearestVoxel] = 1;
}

function check(count: number, size: readonly number[], tumours: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 16777216)
    throw new RangeError(
      `phantoms count: expected an integer from 1 to 2^24, got ${count}. Give one, as in { count: 100 }.`,
    );
  if (size.length !== 3 || !size.every((edge) => Number.isInteger(edge) && edge >= 1))
    throw new RangeError(
      `phantoms size: expected three integers of at least 1 (slices, rows, columns), got [${size.join(", ")}]. ` +
        `Give all three, as in size: [10, 10, 10].`,
    );
  if (!(tumours >= 0 && tumours <= 1))
    throw new RangeError(`phantoms tumours: expected a probability from 0 to 1, got ${tumours}. Half is tumours: 0.5.`);
}

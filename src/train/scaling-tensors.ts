// Means and deviations of many pixels as tensors beside the weights: as JSON they would be longer than a header may be.
import type { Normalization } from "../data/normalization.ts";
import type { FileTensor } from "../io/safetensors.ts";

/** Up to so many pixels the figures stand in the recipe, where they can be read. */
const mostInRecipe = 65536;

const names = { means: "normalization.means", deviations: "normalization.deviations" } as const;

/** A float64 as two float32: the nearest, and what is left. */
function halves(values: readonly number[]): FileTensor {
  const data = new Float32Array(2 * values.length);
  values.forEach((value, i) => {
    data[i] = value;
    data[values.length + i] = value - data[i];
  });
  return { shape: [2, values.length], data };
}

/** Nine digits, as many as the fit keeps: with them the number is the same again. */
function joined({ data }: FileTensor): number[] {
  const count = data.length / 2;
  return Array.from({ length: count }, (_, i) => Number((data[i] + data[count + i]).toPrecision(9)));
}

/** What goes into the recipe, and the tensors, each (2, pixels), that go into the file beside the weights. */
export function scalingTensors(normalization: Normalization): {
  readonly recipe: Normalization;
  readonly tensors: readonly (readonly [string, FileTensor])[];
} {
  if (normalization.kind !== "pixelZScore" || normalization.means.length <= mostInRecipe) {
    return { recipe: normalization, tensors: [] };
  }
  const { means, deviations } = normalization;
  return {
    recipe: { kind: "pixelZScore", means: [], deviations: [] },
    tensors: [
      [names.means, halves(means)],
      [names.deviations, halves(deviations)],
    ],
  };
}

/** The normalization as it was, from the recipe and the file's tensors; the tensors that are then left. */
export function joinScaling(
  recipe: unknown,
  tensors: ReadonlyMap<string, FileTensor>,
): { readonly normalization: unknown; readonly rest: ReadonlyMap<string, FileTensor> } {
  const [means, deviations] = [tensors.get(names.means), tensors.get(names.deviations)];
  if (!means || !deviations) return { normalization: recipe, rest: tensors };
  const wrong = [means, deviations].find(({ shape }) => shape.length !== 2 || shape[0] !== 2);
  if (wrong) throw new RangeError(`normalization: expected figures of 2 x pixels, got ${wrong.shape.join("x")}`);
  const rest = new Map([...tensors].filter(([name]) => name !== names.means && name !== names.deviations));
  return { normalization: { kind: "pixelZScore", means: joined(means), deviations: joined(deviations) }, rest };
}

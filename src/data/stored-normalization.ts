// A normalization as it stands in a file, taken as nothing but data until it is known to scale images of so many pixels.
import type { Normalization } from "./normalization.ts";

/** @throws RangeError for what is no normalization, or has figures that cannot scale such images. */
export function normalizationOfJson(value: unknown, features: number): Normalization {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const number = (key: string) => (typeof fields[key] === "number" && Number.isFinite(fields[key]) ? fields[key] : NaN);
  const numbers = (key: string, least: number): readonly number[] | null => {
    const got = fields[key];
    if (!Array.isArray(got) || got.length !== features) return null;
    return got.every((one) => Number.isFinite(one) && (one as number) >= least) ? (got as number[]) : null;
  };
  switch (fields["kind"]) {
    case "none":
      return Object.freeze({ kind: "none" });
    case "zScore": {
      const [mean, deviation] = [number("mean"), number("deviation")];
      if (!Number.isNaN(mean) && deviation > 0) return Object.freeze({ kind: "zScore", mean, deviation });
      break;
    }
    case "unit": {
      const [minimum, maximum] = [number("minimum"), number("maximum")];
      if (minimum < maximum && maximum - minimum < Infinity) return Object.freeze({ kind: "unit", minimum, maximum });
      break;
    }
    case "pixelZScore": {
      const [means, deviations] = [numbers("means", -Infinity), numbers("deviations", 0)];
      if (means && deviations) return Object.freeze({ kind: "pixelZScore", means, deviations });
    }
  }
  throw new RangeError(
    `normalization: expected one that scales images of ${features} pixels, got ${(JSON.stringify(value) ?? "nothing").slice(0, 100)}`,
  );
}

// How a report writes numbers.

/** `0.913`; a dash for what is undefined. */
export function decimal(value: number | null, digits = 3): string {
  return value === null ? "–" : value.toFixed(digits);
}

/** `91.3 %` */
export function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

/** `0.88 to 0.94`; a dash where there is no interval. */
export function range(interval: readonly [number, number] | null, digits = 3): string {
  return interval ? `${decimal(interval[0], digits)} to ${decimal(interval[1], digits)}` : "–";
}

/** `1,234,567`; a sum of weights has two decimals, `12.50` */
export function count(value: number): string {
  return (Number.isInteger(value) ? `${value}` : value.toFixed(2)).replace(/\B(?=(\d{3})+($|\.))/g, ",");
}

/** `1 image`, `2 images`; `2 biases` with another ending */
export function plural(value: number, noun: string, ending = "s"): string {
  return `${count(value)} ${noun}${value === 1 ? "" : ending}`;
}

/** `2026-03-05 14:07:31 UTC` of an ISO 8601 time; what is none is left as it is. */
export function time(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, "$1 $2 UTC");
}

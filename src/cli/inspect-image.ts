// What voxgrad inspect says of one image: format, shape, type, spacing, range, and the SHA-256 of its values.
import { factsOf } from "../index.ts";
import type { ImageFacts } from "../index.ts";
import { readImage } from "../io.ts";
import type { Context } from "./command.ts";
import { done } from "./output.ts";

/** Inspects one image file. @throws FormatError for what is none. */
export async function inspectImage({ output }: Context, path: string, maximumBytes?: number): Promise<number> {
  const image = await readImage(path, maximumBytes === undefined ? {} : { maximumBytes });
  const facts = await factsOf(image);
  output.result(factsText(path, facts), facts);
  return done;
}

function factsText(path: string, facts: ImageFacts): string {
  const { format, shape, type, bigEndian, spacing, affine, minimum, maximum, sum, sha256 } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ["format", format],
    ["shape", `${shape.join(" x ")} (x first)`],
    ["type", `${type}${bigEndian ? ", stored with the high byte first" : ""}`],
    ["spacing", spacing ? spacing.join(" x ") : "not said"],
    ["affine", affine ? affine.map((row) => `[${row.join(", ")}]`).join(" ") : "not said"],
    ["values", minimum === null || maximum === null ? "none is finite" : `${minimum} to ${maximum}, sum ${sum}`],
    ["SHA-256", sha256],
  ];
  return [path, ...rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`)].join("\n");
}

// Pure sizes: names and byte counts in, offsets out. Nothing here touches memory.

/** One named piece of the block. `offset` counts from the block's start, in bytes, a multiple of 16. */
export interface Region {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Where everything lies, before anything is allocated. */
export interface Layout {
  readonly regions: readonly Region[];
  readonly bytes: number;
}

/** Lays regions out in order, each 16-byte aligned and padded to whole vectors. Names must differ. */
export function layOut(sizes: Iterable<readonly [name: string, bytes: number]>): Layout {
  const regions: Region[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const [name, bytes] of sizes) {
    if (names.has(name)) throw new RangeError(`layout: expected each region once, got "${name}" twice`);
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new RangeError(`layout "${name}": expected a number of bytes, got ${bytes}`);
    }
    names.add(name);
    regions.push({ name, offset, bytes });
    offset += roundUp(bytes, 16);
  }
  return { regions, bytes: offset };
}

/** The blocks of assembly/blocks.ts, which lays its scratch out the same way. */
const largest = { rows: 96, columns: 1024, depth: 512, panelDepth: 2048 };
const multiple = { rows: 12, columns: 8, depth: 8 };

/** Bytes of scratch for a product with an (m, n) result and inner size k: packed A, packed B, one panel of C. */
export function matmulScratchBytes(m: number, n: number, k: number): number {
  const rows = blockOf(m, largest.rows, multiple.rows);
  const columns = blockOf(n, largest.columns, multiple.columns);
  const depth = blockOf(k, largest.depth, multiple.depth);
  // Of a dense layer's panels nothing is packed, but few rows of A are over more depth.
  const panelDepth = m <= largest.rows ? blockOf(k, largest.panelDepth, multiple.depth) : 0;
  return 4 * (Math.max(depth * (rows + columns), panelDepth * rows) + 12 * largest.rows);
}

/** Floats of a dense layer's weights in panels: the outputs rounded up to whole vectors. */
export function panelFloats(outputs: number, inputs: number): number {
  return roundUp(outputs, 4) * inputs;
}

/** Blocks of like size, each at most `most`, a multiple of `multiple`. */
function blockOf(count: number, most: number, multiple: number): number {
  const blocks = Math.max(1, Math.ceil(count / most));
  return roundUp(Math.ceil(count / blocks), multiple);
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

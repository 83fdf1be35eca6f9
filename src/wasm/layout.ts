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

/** The blocks of assembly/matmul.ts, which lays its scratch out the same way. */
const tile = { rows: 4, columns: 8 };
const block = { rows: 64, columns: 1024, depth: 512 };

/** Bytes of scratch for a product with an (m, n) result and inner size k: packed A, packed B, one tile. */
export function matmulScratchBytes(m: number, n: number, k: number): number {
  const depth = Math.min(block.depth, k);
  const rows = Math.min(block.rows, roundUp(m, tile.rows));
  const columns = Math.min(block.columns, roundUp(n, tile.columns));
  return 4 * (rows * depth + depth * columns + tile.rows * tile.columns);
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

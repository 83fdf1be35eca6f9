// The blocks of a matrix product: which part of which operand is packed when, and which tile takes it.
//
// A panel of B (depthBlock x 8) stays in L1, a block of A (rowBlock x depthBlock) in L2, a block of B (depthBlock x
// columnBlock) in L3 (Goto & van de Geijn 2008). A panel is packed right before its first tile, while it is hot; an operand
// that few tiles read is not packed but read where it lies. The wide builds take two panels at a time. src/wasm/layout.ts plans the scratch from the same numbers.
import { pairTiles } from "./pair";
import { Order, packBlockByColumns, packBlockByRows, packPanel, wholeTile, widthOf } from "./panels";
import { thinTiles } from "./thin";
import { tiles } from "./tiles";

const rowBlock = 96;
const columnBlock = 1024;
const depthBlock = 512;

/** Of panels that are there already and few rows, which are packed at once: each panel is read through, as memory likes. */
const panelDepthBlock = 2048;

/** Up to so many columns (rows) of C, A (B) is read where it lies. */
const fewColumns = 12;
const fewRows = 12;

/**
 * c: (m, n) (+)= a * b, inner size k. toPanels: c is written as panels of columns, each (m, width), and cStride is unused.
 * Panels are as panels.ts says, with what is beyond the edge computed too: zero where B's panels are.
 */
export function product(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
  aOrder: Order,
  bOrder: Order,
  toPanels: bool,
  add: bool,
): void {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!add) clear(c, m, toPanels ? roundUp(n, 4) : n, toPanels ? roundUp(n, 4) : cStride);
    return;
  }
  const packsA = n > fewColumns;
  const aByRows = aOrder == Order.Rows && !packsA;
  const most = blockOf(m, rowBlock, 12);
  const deepest = blockOf(k, bOrder == Order.Panels && m <= rowBlock ? panelDepthBlock : depthBlock, 8);
  const widest = blockOf(n, columnBlock, 8);
  const packedA = scratch;
  const packedB = packedA + ((<usize>most * <usize>deepest) << 2);
  const edge = packedB + (bOrder == Order.Panels ? 0 : (<usize>widest * <usize>deepest) << 2);
  const whole = wholeTile(n);
  for (let column = 0; column < n; column += widest) {
    const columns = min(widest, n - column);
    for (let depth = 0; depth < k; depth += deepest) {
      const depths = min(deepest, k - depth);
      const goesOn = add || depth > 0;
      for (let row = 0; row < m; row += most) {
        const rows = min(most, m - row);
        const aBlock = aOrder == Order.Rows ? at(a, row, depth, aStride) : at(a, depth, row, aStride);
        if (packsA) {
          if (aOrder == Order.Rows) packBlockByRows(packedA, aBlock, rows, depths, aStride, whole);
          else packBlockByColumns(packedA, aBlock, rows, depths, aStride, whole);
        }
        const aTile = packsA ? packedA : aBlock;
        const aStep: usize = packsA ? 0 : (<usize>aStride) << 2;
        const aRow: usize = packsA ? (<usize>depths) << 2 : 4;
        let packedColumns = row == 0 ? 0 : columns;
        for (let j = 0; j < columns;) {
          const left = columns - j;
          const width = widthOf(left, n);
          let panel = packedB + ((<usize>j * <usize>depths) << 2);
          let bStep = (<usize>width) << 2;
          if (bOrder == Order.Panels) {
            panel = b + ((<usize>(column + j) * <usize>k + <usize>depth * <usize>width) << 2);
          } else if (bOrder == Order.Columns && m <= fewRows && left >= width) {
            panel = at(b, depth, column + j, bStride);
            bStep = (<usize>bStride) << 2;
          } else if (j >= packedColumns) {
            packedColumns = j + packPanel(panel, b, column + j, left, width, depth, depths, n, k, bStride, bOrder);
          }
          if (m == 1 && left >= 32 && !toPanels && (bOrder == Order.Panels || bOrder == Order.Columns)) {
            const wide = left & ~31;
            const panelStep: usize = bOrder == Order.Panels ? (<usize>k) << 5 : 32;
            // prettier-ignore
            thinTiles(wide, at(c, 0, column + j, cStride), aTile, panel, panelStep, packsA ? 4 : aStep, bStep, depths, goesOn);
            j += wide;
            continue;
          }
          if (WIDE && packsA && left >= 16) {
            let bNext: usize = 32;
            if (bOrder == Order.Panels) {
              bNext = (<usize>k) << 5;
            } else if (bOrder != Order.Columns || m > fewRows) {
              bNext = (<usize>depths) << 5;
              const next = j + 8;
              if (next >= packedColumns) {
                // prettier-ignore
                packedColumns = next + packPanel(panel + bNext, b, column + next, left - 8, 8, depth, depths, n, k, bStride, bOrder);
              }
            }
            const cNext: usize = toPanels ? (<usize>m) << 5 : 32;
            const cStep: usize = toPanels ? 32 : (<usize>cStride) << 2;
            const target = toPanels
              ? c + ((<usize>(column + j) * <usize>m + <usize>row * 8) << 2)
              : at(c, row, column + j, cStride);
            pairTiles(rows, target, aTile, panel, cStep, cNext, bStep, bNext, depths, goesOn);
            j += 16;
            continue;
          }
          if (toPanels) {
            const target = c + ((<usize>(column + j) * <usize>m + <usize>row * <usize>width) << 2);
            tiles(rows, width, aByRows, target, aTile, panel, (<usize>width) << 2, aRow, aStep, bStep, depths, goesOn);
          } else if (left >= width) {
            const target = at(c, row, column + j, cStride);
            tiles(
              rows,
              width,
              aByRows,
              target,
              aTile,
              panel,
              (<usize>cStride) << 2,
              aRow,
              aStep,
              bStep,
              depths,
              goesOn,
            );
          } else {
            // Beside C first: the columns beyond the edge are not C's.
            const target = at(c, row, column + j, cStride);
            if (goesOn) copy(edge, target, rows, left, width, cStride);
            tiles(rows, width, aByRows, edge, aTile, panel, (<usize>width) << 2, aRow, aStep, bStep, depths, goesOn);
            copy(target, edge, rows, left, cStride, width);
          }
          j += width;
        }
      }
    }
  }
}

/** Blocks of like size, each at most `most`, a multiple of `multiple`. */
// @ts-ignore: decorator
@inline
function blockOf(count: i32, most: i32, multiple: i32): i32 {
  const blocks = max(1, (count + most - 1) / most);
  return roundUp((count + blocks - 1) / blocks, multiple);
}

function copy(target: usize, source: usize, rows: i32, columns: i32, targetStride: i32, sourceStride: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++)
      store<f32>(at(target, i, j, targetStride), load<f32>(at(source, i, j, sourceStride)));
  }
}

function clear(c: usize, rows: i32, columns: i32, stride: i32): void {
  for (let i = 0; i < rows; i++) memory.fill(at(c, i, 0, stride), 0, (<usize>columns) << 2);
}

// @ts-ignore: decorator
@inline
function at(matrix: usize, row: i32, column: i32, stride: i32): usize {
  return matrix + ((<usize>row * <usize>stride + <usize>column) << 2);
}

// @ts-ignore: decorator
@inline
function roundUp(count: i32, multiple: i32): i32 {
  return ((count + multiple - 1) / multiple) * multiple;
}

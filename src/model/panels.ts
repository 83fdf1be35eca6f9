// The layout in which the kernels keep a dense layer's weights, and the way between it and (outputs, inputs) row-major.
//
// Panels of 8 outputs, the last one of 4 where no more are left; one panel of 12 where there are 9 to 12 outputs in all.
// A panel is (inputs, width), the width's outputs side by side, and zero beyond the last output (assembly/panels.ts).
import { panelFloats } from "../wasm/layout.ts";

/** Outputs of the panel that begins where so many are left. */
function widthOf(left: number, outputs: number): number {
  if (left > 8 && outputs <= 12) return 12;
  return left > 4 ? 8 : 4;
}

/** Row-major weights (outputs, inputs) into panels. */
export function toPanels(weights: ArrayLike<number>, panels: Float32Array, outputs: number, inputs: number): void {
  panels.fill(0, 0, panelFloats(outputs, inputs));
  eachElement(outputs, inputs, (inPanels, inRows) => {
    panels[inPanels] = weights[inRows];
  });
}

/** Panels into row-major weights (outputs, inputs). */
export function fromPanels(panels: ArrayLike<number>, weights: Float32Array, outputs: number, inputs: number): void {
  eachElement(outputs, inputs, (inPanels, inRows) => {
    weights[inRows] = panels[inPanels];
  });
}

function eachElement(outputs: number, inputs: number, visit: (inPanels: number, inRows: number) => void): void {
  for (let first = 0; first < outputs;) {
    const width = widthOf(outputs - first, outputs);
    const end = Math.min(first + width, outputs);
    for (let output = first; output < end; output++) {
      const panel = first * inputs + output - first;
      for (let input = 0; input < inputs; input++) visit(panel + input * width, output * inputs + input);
    }
    first += width;
  }
}

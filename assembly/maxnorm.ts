// Max-norm: a limit on the norm of the weights that lead into each unit of a dense layer.
import { widthOf } from "./panels";
import { highToDouble, joinFloats, lowToDouble } from "./simd";

/** min(1, maximum / sqrt(squares)) */
// @ts-ignore: decorator
@inline
function factorOf(squares: v128, maximum: f64): v128 {
  return f64x2.min(f64x2.splat(1), f64x2.div(f64x2.splat(maximum), f64x2.sqrt(squares)));
}

/**
 * w_o <- w_o min(1, maximum / |w_o|) for the weights w_o: (inputs) of each output, of w: (outputs, inputs) in panels
 * (panels.ts). Sums of squares are float64, input after input; a vector within the limit keeps its bits.
 * (Srebro & Shraibman 2005; Srivastava et al. 2014, section 5.1)
 */
export function limitUnitNorms(w: usize, outputs: i32, inputs: i32, maximum: f64): void {
  for (let first = 0; first < outputs;) {
    const width = widthOf(outputs - first, outputs);
    const stride = (<usize>width) << 2;
    for (let lane = 0; lane < width; lane += 4) {
      const panel = w + ((<usize>lane) << 2);
      let low = f64x2.splat(0);
      let high = low;
      for (let input = 0, at = panel; input < inputs; input++, at += stride) {
        const value = v128.load(at);
        const valueLow = lowToDouble(value);
        const valueHigh = highToDouble(value);
        low = f64x2.add(low, f64x2.mul(valueLow, valueLow));
        high = f64x2.add(high, f64x2.mul(valueHigh, valueHigh));
      }
      const factors = joinFloats(factorOf(low, maximum), factorOf(high, maximum));
      if (i32x4.all_true(f32x4.eq(factors, f32x4.splat(1)))) continue;
      for (let input = 0, at = panel; input < inputs; input++, at += stride) {
        v128.store(at, f32x4.mul(v128.load(at), factors));
      }
    }
    w += stride * <usize>inputs;
    first += width;
  }
}

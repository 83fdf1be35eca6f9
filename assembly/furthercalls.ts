// The calls of a list (calls.ts) that not every network has: normalisation, further noise, limits and averages of weights,
// and a thread's part of a layer's gradients.
import { averageStep } from "./average";
import { denseBackwardWeightPart, denseBackwardWeightPartAdd } from "./dense";
import { spatialDropoutApply } from "./dropout";
import { gaussianMask } from "./gaussian";
import * as layernorm from "./layernorm";
import { limitUnitNorms } from "./maxnorm";
import * as normalization from "./normalization";

/** Carries out the call at an address, laid out as calls.ts says. None of these returns anything. */
export function callFurther(call: usize): void {
  const i0 = load<i32>(call, 4);
  const i1 = load<i32>(call, 8);
  const i2 = load<i32>(call, 12);
  const i3 = load<i32>(call, 16);
  const i4 = load<i32>(call, 20);
  const i5 = load<i32>(call, 24);
  const i6 = load<i32>(call, 28);
  const i7 = load<i32>(call, 32);
  const x0 = load<f64>(call, 64);
  const x1 = load<f64>(call, 72);
  switch (load<i32>(call)) {
    case 70:
      spatialDropoutApply(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 71:
      gaussianMask(i0, i1, i2, i3, i4, i5, <f32>x0);
      break;
    case 72:
      normalization.batchNormStatistics(i0, i1, i2, i3, i4, i5, i6, x0, x1);
      break;
    case 73:
      normalization.batchNormFixedStatistics(i0, i1, i2, i3, x0);
      break;
    case 74:
      normalization.batchNormForward(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 75:
      normalization.batchNormBackwardParameters(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 76:
      normalization.batchNormBackwardParametersAdd(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 77:
      normalization.batchNormBackwardInput(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 78:
      normalization.batchNormFixedBackwardInput(i0, i1, i2, i3, i4, i5);
      break;
    case 79:
      layernorm.layerNormForward(i0, i1, i2, i3, i4, i5, i6, x0);
      break;
    case 80:
      layernorm.layerNormBackwardInput(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 81:
      layernorm.layerNormBackwardParameters(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 82:
      layernorm.layerNormBackwardParametersAdd(i0, i1, i2, i3, i4, i5, i6);
      break;
    case 83:
      limitUnitNorms(i0, i1, i2, x0);
      break;
    case 84:
      averageStep(i0, i1, i2, <f32>x0);
      break;
    case 90:
      denseBackwardWeightPart(i0, i1, i2, i3, i4, i5, i6, i7);
      break;
    case 91:
      denseBackwardWeightPartAdd(i0, i1, i2, i3, i4, i5, i6, i7);
      break;
  }
}

// A list of kernel calls in memory, carried out without going back to JavaScript between them.
//
// A call takes 128 bytes: the kernel's number, then its addresses and sizes (i: 15 words), then its scalars (x: 8 float64; the
// last of them receives what the kernel returns). src/wasm/calls.ts writes the lists and has the same numbers.
import * as advance from "./advance";
import { dropoutMask, dropoutApply } from "./dropout";
import { callFurther } from "./furthercalls";
import { scale, areUnmarked, requireFinite, clamp, limitNorm } from "./reduce";
import {
  denseForward,
  denseBackwardInput,
  denseBackwardWeight,
  denseBackwardWeightAdd,
  denseBackwardBias,
  denseBackwardBiasAdd,
} from "./dense";
import * as activation from "./activation";
import { softmaxForward, softmaxBackward } from "./softmax";
import { softmaxCrossEntropyForward, softmaxCrossEntropyBackward } from "./loss";
import { softCrossEntropyForward, softCrossEntropyBackward } from "./softloss";
import {
  sigmoidCrossEntropyForward,
  sigmoidCrossEntropyBackward,
  sigmoidFocalForward,
  sigmoidFocalBackward,
} from "./sigmoidloss";
import {
  squaredErrorForward,
  squaredErrorBackward,
  absoluteErrorForward,
  absoluteErrorBackward,
  huberForward,
  huberBackward,
} from "./regression";
import { sigmoidDiceForward, sigmoidDiceBackward } from "./dice";
import { scaleRows } from "./rows";
import { addPenaltyGradient } from "./penalty";
import { sgdStep, momentumStep, nesterovStep } from "./optimizer";
import { adamStep, amsgradStep, nadamStep, radamStep, adamaxStep } from "./adam";
import { rmspropStep, rmspropMomentumStep, rmspropCenteredStep, adagradStep, adadeltaStep } from "./adaptive";

const callBytes: usize = 128;

/** Carries out calls: (count). -1 when all were; the index of one that is not finite; -2 less that of a meeting of threads. */
export function runCalls(calls: usize, count: i32): i32 {
  for (let index = 0; index < count; index++) {
    const call = calls + <usize>index * callBytes;
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
    const x2 = load<f64>(call, 80);
    const x3 = load<f64>(call, 88);
    const x4 = load<f64>(call, 96);
    const x5 = load<f64>(call, 104);
    const x6 = load<f64>(call, 112);
    switch (load<i32>(call)) {
      case 0:
        dropoutMask(i0, i1, i2, i3, i4, i5, i6, <f32>x0);
        break;
      case 1:
        dropoutApply(i0, i1, i2, i3);
        break;
      case 2:
        scale(i0, i1, i2, <f32>x0);
        break;
      case 3:
        denseForward(i0, i1, i2, i3, i4, i5, i6, i7);
        break;
      case 4:
        denseBackwardInput(i0, i1, i2, i3, i4, i5, i6);
        break;
      case 5:
        denseBackwardWeight(i0, i1, i2, i3, i4, i5, i6);
        break;
      case 6:
        denseBackwardWeightAdd(i0, i1, i2, i3, i4, i5, i6);
        break;
      case 7:
        denseBackwardBias(i0, i1, i2, i3);
        break;
      case 8:
        denseBackwardBiasAdd(i0, i1, i2, i3);
        break;
      case 9:
        activation.reluForward(i0, i1, i2);
        break;
      case 10:
        activation.reluBackward(i0, i1, i2, i3, i4);
        break;
      case 11:
        activation.leakyReluForward(i0, i1, i2, <f32>x0);
        break;
      case 12:
        activation.leakyReluBackward(i0, i1, i2, i3, i4, <f32>x0);
        break;
      case 13:
        activation.eluForward(i0, i1, i2, <f32>x0);
        break;
      case 14:
        activation.eluBackward(i0, i1, i2, i3, i4, <f32>x0);
        break;
      case 15:
        activation.seluForward(i0, i1, i2);
        break;
      case 16:
        activation.seluBackward(i0, i1, i2, i3, i4);
        break;
      case 17:
        activation.sigmoidForward(i0, i1, i2);
        break;
      case 18:
        activation.sigmoidBackward(i0, i1, i2, i3, i4);
        break;
      case 19:
        activation.tanhForward(i0, i1, i2);
        break;
      case 20:
        activation.tanhBackward(i0, i1, i2, i3, i4);
        break;
      case 21:
        activation.softplusForward(i0, i1, i2);
        break;
      case 22:
        activation.softplusBackward(i0, i1, i2, i3, i4);
        break;
      case 23:
        activation.siluForward(i0, i1, i2);
        break;
      case 24:
        activation.siluBackward(i0, i1, i2, i3, i4);
        break;
      case 25:
        activation.geluForward(i0, i1, i2);
        break;
      case 26:
        activation.geluBackward(i0, i1, i2, i3, i4);
        break;
      case 27:
        activation.geluTanhForward(i0, i1, i2);
        break;
      case 28:
        activation.geluTanhBackward(i0, i1, i2, i3, i4);
        break;
      case 29:
        softmaxForward(i0, i1, i2, i3);
        break;
      case 30:
        softmaxBackward(i0, i1, i2, i3, i4);
        break;
      case 31:
        if (!keep(call, softmaxCrossEntropyForward(i0, i1, i2, i3, i4, i5, i6, x0))) return index;
        break;
      case 32:
        softmaxCrossEntropyBackward(i0, i1, i2, i3, i4, i5, x0, x1);
        break;
      case 33:
        if (!keep(call, sigmoidCrossEntropyForward(i0, i1, i2, i3, i4, i5, <f32>x0, <f32>x1))) return index;
        break;
      case 34:
        sigmoidCrossEntropyBackward(i0, i1, i2, i3, i4, <f32>x0, <f32>x1, <f32>x2);
        break;
      case 35:
        if (!keep(call, sigmoidFocalForward(i0, i1, i2, i3, i4, i5, <f32>x0))) return index;
        break;
      case 36:
        sigmoidFocalBackward(i0, i1, i2, i3, i4, <f32>x0, <f32>x1);
        break;
      case 37:
        if (!keep(call, squaredErrorForward(i0, i1, i2, i3, i4, i5))) return index;
        break;
      case 38:
        squaredErrorBackward(i0, i1, i2, i3, i4, <f32>x0);
        break;
      case 39:
        if (!keep(call, absoluteErrorForward(i0, i1, i2, i3, i4, i5))) return index;
        break;
      case 40:
        absoluteErrorBackward(i0, i1, i2, i3, i4, <f32>x0);
        break;
      case 41:
        if (!keep(call, huberForward(i0, i1, i2, i3, i4, i5, <f32>x0))) return index;
        break;
      case 42:
        huberBackward(i0, i1, i2, i3, i4, <f32>x0, <f32>x1);
        break;
      case 43:
        if (!keep(call, sigmoidDiceForward(i0, i1, i2, i3, i4, i5, x0))) return index;
        break;
      case 44:
        sigmoidDiceBackward(i0, i1, i2, i3, i4, x0, x1);
        break;
      case 45:
        if (!requireFinite(i0, i1)) return index;
        break;
      case 46:
        addPenaltyGradient(i0, i1, i2, <f32>x0, <f32>x1);
        break;
      case 47:
        clamp(i0, i1, i2, <f32>x0, <f32>x1);
        break;
      case 48:
        limitNorm(i0, i1, x0);
        break;
      case 49:
        sgdStep(i0, i1, i2, <f32>x0, <f32>x1);
        break;
      case 50:
        momentumStep(i0, i1, i2, i3, <f32>x0, <f32>x1, <f32>x2, <f32>x3);
        break;
      case 51:
        nesterovStep(i0, i1, i2, i3, <f32>x0, <f32>x1, <f32>x2, <f32>x3);
        break;
      case 52:
        adamStep(i0, i1, i2, i3, i4, <f32>x0, x1, x2, <f32>x3, <f32>x4, <f32>x5, <f32>x6);
        break;
      case 53:
        amsgradStep(i0, i1, i2, i3, i4, i5, <f32>x0, x1, x2, <f32>x3, <f32>x4, <f32>x5, <f32>x6);
        break;
      case 54:
        nadamStep(i0, i1, i2, i3, i4, <f32>x0, <f32>x1, x2, x3, <f32>x4, <f32>x5, <f32>x6);
        break;
      case 55:
        radamStep(i0, i1, i2, i3, i4, <f32>x0, x1, x2, <f32>x3, <f32>x4, <i32>x5, <f32>x6);
        break;
      case 56:
        adamaxStep(i0, i1, i2, i3, i4, <f32>x0, x1, x2, <f32>x3, <f32>x4);
        break;
      case 57:
        rmspropStep(i0, i1, i2, i3, <f32>x0, x1, <f32>x2, <f32>x3);
        break;
      case 58:
        rmspropMomentumStep(i0, i1, i2, i3, i4, <f32>x0, x1, <f32>x2, <f32>x3, <f32>x4);
        break;
      case 59:
        rmspropCenteredStep(i0, i1, i2, i3, i4, i5, <f32>x0, x1, <f32>x2, <f32>x3, <f32>x4);
        break;
      case 60:
        adagradStep(i0, i1, i2, i3, <f32>x0, <f32>x1, <f32>x2);
        break;
      case 61:
        adadeltaStep(i0, i1, i2, i3, i4, <f32>x0, x1, <f32>x2, <f32>x3);
        break;
      case 62:
        advance.advanceRate(i0, i1);
        break;
      case 63:
        advance.advanceMomentum(i0, i1, x0);
        break;
      case 64:
        advance.advanceAdam(i0, i1, x0, x1, x2);
        break;
      case 65:
        advance.advanceNadam(i0, i1, x0, x1, x2, x3);
        break;
      case 66:
        advance.advanceRadam(i0, i1, x0, x1);
        break;
      case 67:
        advance.advanceAdamax(i0, i1, x0);
        break;
      case 68:
        advance.advanceAdagrad(i0, i1, x0);
        break;
      case 69:
        scaleRows(i0, i1, i2, i3, i4);
        break;
      case 85:
        if (!keep(call, softCrossEntropyForward(i0, i1, i2, i3, i4, i5, i6, x0))) return index;
        break;
      case 86:
        softCrossEntropyBackward(i0, i1, i2, i3, i4, i5, x0, x1);
        break;
      case 87:
        return -2 - index;
      case 88:
        store<i32>(i2, requireFinite(i0, i1) ? 0 : 1);
        break;
      case 89:
        if (!areUnmarked(i0, i1)) return index;
        break;
      default:
        callFurther(call);
    }
  }
  return -1;
}

/** Keeps what a kernel returned; whether it is finite. */
function keep(call: usize, result: f64): bool {
  store<f64>(call, result, 120);
  return isFinite(result);
}

// The types of the kernels of batch and layer normalisation, of the further dropouts, of max-norm and of averaged weights.

/** A byte offset into the kernels' memory. */
type Address = number;

type ParameterGradients = (
  dGamma: Address,
  dBeta: Address,
  statistics: Address,
  dy: Address,
  x: Address,
  rows: number,
  columns: number,
) => void;

type RowParameterGradients = (
  dGamma: Address,
  dBeta: Address,
  dy: Address,
  x: Address,
  statistics: Address,
  rows: number,
  columns: number,
) => void;

type InputGradient = (
  dx: Address,
  dy: Address,
  x: Address,
  gamma: Address,
  statistics: Address,
  rows: number,
  columns: number,
) => void;

/** In the order of assembly/index.ts, whose files state each one's equation. */
export interface NormalizationKernels {
  // dropout
  spatialDropoutApply: (
    y: Address,
    x: Address,
    mask: Address,
    rows: number,
    before: number,
    size: number,
    after: number,
  ) => void;
  gaussianMask: (
    mask: Address,
    n: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    deviation: number,
  ) => void;
  // batch and layer normalisation
  batchNormStatistics: (
    statistics: Address,
    runningMean: Address,
    runningVariance: Address,
    batches: Address,
    x: Address,
    rows: number,
    columns: number,
    momentum: number,
    epsilon: number,
  ) => void;
  batchNormFixedStatistics: (
    statistics: Address,
    runningMean: Address,
    runningVariance: Address,
    columns: number,
    epsilon: number,
  ) => void;
  batchNormForward: (
    y: Address,
    x: Address,
    gamma: Address,
    beta: Address,
    statistics: Address,
    rows: number,
    columns: number,
  ) => void;
  batchNormBackwardParameters: ParameterGradients;
  batchNormBackwardParametersAdd: ParameterGradients;
  batchNormBackwardInput: InputGradient;
  batchNormFixedBackwardInput: (
    dx: Address,
    dy: Address,
    gamma: Address,
    statistics: Address,
    rows: number,
    columns: number,
  ) => void;
  layerNormForward: (
    y: Address,
    statistics: Address,
    x: Address,
    gamma: Address,
    beta: Address,
    rows: number,
    columns: number,
    epsilon: number,
  ) => void;
  layerNormBackwardInput: InputGradient;
  layerNormBackwardParameters: RowParameterGradients;
  layerNormBackwardParametersAdd: RowParameterGradients;
  // limits and averages of weights
  limitUnitNorms: (w: Address, outputs: number, inputs: number, maximum: number) => void;
  averageStep: (a: Address, w: Address, n: number, share: number) => void;
}

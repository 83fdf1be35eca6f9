// The kernels of augmentation, in the order of assembly/index.ts: a part of the list in kernels.ts.

type Address = number;

/** Where each voxel of rows `first` to `first + rows` reads: see assembly/points.ts. */
type Points = (
  points: Address,
  map: Address,
  field: Address,
  first: number,
  rows: number,
  depth: number,
  height: number,
  width: number,
  source: Address,
) => void;

type BlurAxis = (
  y: Address,
  x: Address,
  weights: Address,
  scratch: Address,
  outer: number,
  length: number,
  inner: number,
  radius: number,
) => void;

/** Outputs, inputs, scratch, sizes, scalars; the files of assembly/ state each one's equation and shapes. */
export interface AugmentKernels {
  // padding
  pairVoxels: (
    pairs: Address,
    x: Address,
    depth: number,
    height: number,
    width: number,
    colours: number,
    fill: number,
  ) => void;
  padLabels: (padded: Address, x: Address, depth: number, height: number, width: number) => void;
  // points
  pointsConstant: Points;
  pointsNearest: Points;
  pointsMirror: Points;
  // gather
  gatherVolume: (
    y: Address,
    points: Address,
    rows: number,
    width: number,
    colours: number,
    shift: number,
    slice: number,
  ) => void;
  gatherSlice: (y: Address, points: Address, rows: number, width: number, colours: number, shift: number) => void;
  gatherNearest: (
    y: Address,
    points: Address,
    padded: Address,
    source: Address,
    rows: number,
    width: number,
    height: number,
  ) => void;
  gatherLikeliest: (
    y: Address,
    points: Address,
    padded: Address,
    source: Address,
    rows: number,
    width: number,
    height: number,
    depth: number,
  ) => void;
  // deformation
  drawControl: (
    control: Address,
    matrix: Address,
    scratch: Address,
    rows: number,
    columns: number,
    key0: number,
    key1: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ) => void;
  splineField: (
    field: Address,
    control: Address,
    depthTable: Address,
    heightTable: Address,
    widthTable: Address,
    scratch: Address,
    first: number,
    rows: number,
    height: number,
    width: number,
    planeRows: number,
    columns: number,
  ) => void;
  // intensity
  imageRange: (range: Address, x: Address, n: number) => void;
  smallest: (range: Address, x: Address, n: number) => void;
  linearIntensity: (y: Address, x: Address, n: number, factor: number, offset: number) => void;
  gammaIntensity: (y: Address, x: Address, n: number, low: number, high: number, gamma: number) => void;
  addNoise: (
    y: Address,
    x: Address,
    scratch: Address,
    n: number,
    key0: number,
    key1: number,
    counter1: number,
    counter2: number,
    counter3: number,
    deviation: number,
  ) => void;
  biasField: (
    y: Address,
    x: Address,
    coefficients: Address,
    depth: number,
    height: number,
    width: number,
    colours: number,
  ) => void;
  // blur
  blurAxisConstant: BlurAxis;
  blurAxisNearest: BlurAxis;
  blurAxisMirror: BlurAxis;
  // boxes
  flip: (
    y: Address,
    x: Address,
    depth: number,
    height: number,
    width: number,
    colours: number,
    alongZ: number,
    alongY: number,
    alongX: number,
  ) => void;
  flipLabels: (
    y: Address,
    x: Address,
    depth: number,
    height: number,
    width: number,
    alongZ: number,
    alongY: number,
    alongX: number,
  ) => void;
  fillBox: (
    image: Address,
    height: number,
    width: number,
    colours: number,
    z0: number,
    z1: number,
    y0: number,
    y1: number,
    x0: number,
    x1: number,
    value: number,
  ) => void;
  copyBox: (
    image: Address,
    other: Address,
    height: number,
    width: number,
    colours: number,
    z0: number,
    z1: number,
    y0: number,
    y1: number,
    x0: number,
    x1: number,
  ) => void;
  blend: (y: Address, a: Address, b: Address, n: number, part: number) => void;
}

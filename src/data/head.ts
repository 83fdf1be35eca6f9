// A head made of ellipsoids, drawn at random: skull, brain, ventricles and perhaps a tumour, and what tissue is where.
import { cos, sin } from "../elementary.ts";
import type { RandomStream } from "../random.ts";

/** Three numbers along z (up), y (front to back) and x (right to left). */
type Triple = readonly [number, number, number];

/** Lengths are in head coordinates, in which the skull is the unit sphere, unless said otherwise. */
export interface Head {
  /** In the volume, whose axes go from -1 to 1. */
  readonly centre: Triple;
  /** From the volume's axes to the head's, row by row. */
  readonly rotation: readonly number[];
  /** 1 / radius of the skull in the volume, along the head's axes. */
  readonly inverseRadii: Triple;
  /** A factor; 1 is the average. */
  readonly ventricleSize: number;
  /** Where the folds of the cortex lie, in radians. */
  readonly folds: Triple;
  readonly tumour: Tumour | null;
}

interface Tumour {
  readonly centre: Triple;
  readonly inverseRadii: Triple;
  /** How the radius varies with the direction: coefficients of four polynomials. */
  readonly lobes: readonly [number, number, number, number];
  /** How much the core is brighter than brain. */
  readonly contrast: number;
}

/** What is at a point. */
export interface Tissue {
  /** 0 is black and 1 about the brightest. */
  intensity: number;
  /**
   * The distance from the tumour's centre as a part of its radius in that direction: below 1 in the tumour. Outside the
   * brain, where it does not grow, 1 is added; infinite without a tumour.
   */
  tumourDistance: number;
}

/** Radii of the brain and of its white matter; of the tumour's core as a part of the whole. */
const brainRadius = 0.86;
const whiteRadius = 0.7;
const coreRadius = 0.6;

const intensities = { air: 0.05, skull: 0.95, grey: 0.38, white: 0.58, fluid: 0.15, tumour: 0.5 } as const;

/**
 * A head with, by this probability, a tumour in one of its halves.
 * Sizes, spreads and contrasts are such that 1000 volumes of 10x10x10 teach the article's network about 90 per cent.
 */
export function drawHead(random: RandomStream, tumourProbability: number): Head {
  let drawn = 0;
  const draw = (low: number, high: number): number => low + (high - low) * random.uniform(drawn++);
  const around = (middle: number, spread: number): number => draw(middle - spread, middle + spread);
  const hasTumour = draw(0, 1) < tumourProbability;
  const size = around(1, 0.06);
  const inverseRadius = (radius: number): number => 1 / (radius * size * around(1, 0.06));
  const head = {
    centre: [around(0, 0.05), around(0, 0.05), around(0, 0.05)],
    rotation: rotationOf(around(0, 0.1), around(0, 0.1), around(0, 0.1)),
    inverseRadii: [inverseRadius(0.94), inverseRadius(0.96), inverseRadius(0.84)],
    ventricleSize: draw(0.8, 1.25),
    folds: [draw(0, 6.28), draw(0, 6.28), draw(0, 6.28)],
  } as const;
  if (!hasTumour) return { ...head, tumour: null };
  const side = draw(0, 1) < 0.5 ? -1 : 1;
  const radius = draw(0.46, 0.66);
  const inverseTumourRadius = (): number => 1 / (radius * around(1, 0.15));
  return {
    ...head,
    tumour: {
      centre: [around(0.1, 0.06), around(-0.05, 0.06), side * around(0.42, 0.06)],
      inverseRadii: [inverseTumourRadius(), inverseTumourRadius(), inverseTumourRadius()],
      lobes: [around(0, 0.4), around(0, 0.4), around(0, 0.4), around(0, 0.2)],
      contrast: draw(0.12, 0.29),
    },
  };
}

/** The product of rotations about x, y and z by small angles in radians (nod, tilt, turn), row by row. */
function rotationOf(nod: number, tilt: number, turn: number): number[] {
  const [cosN, sinN, cosT, sinT, cosR, sinR] = [cos(nod), sin(nod), cos(tilt), sin(tilt), cos(turn), sin(turn)];
  return [
    cosN * cosT,
    cosN * sinT * sinR - sinN * cosR,
    cosN * sinT * cosR + sinN * sinR,
    sinN * cosT,
    sinN * sinT * sinR + cosN * cosR,
    sinN * sinT * cosR - cosN * sinR,
    -sinT,
    cosT * sinR,
    cosT * cosR,
  ];
}

/**
 * Writes what is at a point of the volume (each coordinate from -1 to 1).
 * @param edge how wide the surfaces are, in head coordinates: about the size of a voxel, of which they cut a part
 */
export function tissueAt(head: Head, z: number, y: number, x: number, edge: number, into: Tissue): void {
  const { centre, rotation: r, inverseRadii, folds, ventricleSize } = head;
  const dz = z - centre[0];
  const dy = y - centre[1];
  const dx = x - centre[2];
  const hz = (r[0] * dz + r[1] * dy + r[2] * dx) * inverseRadii[0];
  const hy = (r[3] * dz + r[4] * dy + r[5] * dx) * inverseRadii[1];
  const hx = (r[6] * dz + r[7] * dy + r[8] * dx) * inverseRadii[2];
  const radius = lengthOf(hz, hy, hx);
  const skull = inside(radius, edge);
  const brain = inside(radius / brainRadius, edge);
  into.intensity = mix(intensities.air, intensities.skull, skull);
  const distance = head.tumour === null ? Infinity : tumourDistance(head.tumour, hz, hy, hx);
  into.tumourDistance = radius < brainRadius ? distance : distance + 1;
  if (brain === 0) return;

  const fold =
    0.1 * sin(14 * hx + 5 * hz + folds[0]) * sin(12 * hy - 8 * hz + folds[1]) + 0.05 * sin(11 * hz + 9 * hy + folds[2]);
  const white = inside(radius / (whiteRadius + fold), 1.3 * edge);
  const matter = mix(intensities.grey, intensities.white, white);
  // Two ventricles beside the middle, a mirror image of each other, farther apart at the back.
  const aside = Math.abs(hx) - 0.14;
  const ventricle = inside(
    lengthOf((hz - 0.08) / 0.26, (hy + 0.02 + 0.6 * aside) / 0.4, aside / 0.11) / ventricleSize,
    3 * edge,
  );
  let content = mix(matter, intensities.fluid, ventricle);
  if (head.tumour !== null) content = withTumour(content, head.tumour.contrast, distance, edge);
  into.intensity = mix(into.intensity, content, brain);
}

/** The distance from a tumour's centre over its radius in that direction. */
function tumourDistance({ centre, inverseRadii, lobes }: Tumour, hz: number, hy: number, hx: number): number {
  const z = (hz - centre[0]) * inverseRadii[0];
  const y = (hy - centre[1]) * inverseRadii[1];
  const x = (hx - centre[2]) * inverseRadii[2];
  const square = z * z + y * y + x * x;
  if (square === 0) return 0;
  const distance = Math.sqrt(square);
  const reach =
    1 +
    (lobes[0] * z * y + lobes[1] * y * x + lobes[2] * x * z) / square +
    (lobes[3] * (z + y - x) * y * x) / (square * distance);
  return distance / reach;
}

/** A bright core in a dark ring, which hide the more of what was there the more they stand out. */
function withTumour(intensity: number, contrast: number, distance: number, edge: number): number {
  const ring = mix(intensity, intensities.tumour, 2 * contrast) - 0.5 * contrast;
  const core = 1.5 * contrast * inside(distance / coreRadius, 3 * edge);
  return mix(intensity, ring, inside(distance, 2 * edge)) + core;
}

/** 1 inside of a surface (radius below 1), 0 outside, smoothly over a width. */
function inside(radius: number, width: number): number {
  const t = Math.min(1, Math.max(0, 0.5 + (1 - radius) / width));
  return t * t * (3 - 2 * t);
}

function mix(from: number, to: number, part: number): number {
  return from + part * (to - from);
}

function lengthOf(z: number, y: number, x: number): number {
  return Math.sqrt(z * z + y * y + x * x);
}

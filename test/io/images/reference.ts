// What nibabel, pydicom and gdcm read from the files in ../shared/data/io (beside the project, never part of it).
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../../shared/data/io/", import.meta.url);

export const isThere = existsSync(folder);
export const pathOf = (file: string) => fileURLToPath(new URL(file, folder));

export interface NiftiReference {
  readonly format: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly big_endian: boolean;
  readonly effective_slope: number;
  readonly effective_inter: number;
  readonly affine: readonly (readonly number[])[];
  readonly zooms: readonly number[];
  readonly scaled_min: number;
  readonly scaled_max: number;
  readonly scaled_sum: number;
  readonly scaled_first8_xfastest: readonly number[];
  readonly sha256_f64le_scaled_xfastest?: string;
}

export interface DicomReference {
  readonly error?: string;
  readonly transfer_syntax: string;
  readonly modality: string;
  readonly photometric: string;
  readonly slope?: number;
  readonly intercept?: number;
  readonly window_center?: readonly number[];
  readonly window_width?: readonly number[];
  readonly pixel_spacing?: readonly [number, number];
  readonly image_position?: readonly number[];
  readonly image_orientation?: readonly number[];
  readonly instance_number?: number;
  readonly stored: {
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly min: number;
    readonly max: number;
    readonly sum: number;
    readonly first8: readonly number[];
  };
}

export interface SeriesReference {
  readonly n_files: number;
  readonly shape_zyx: readonly number[];
  readonly dtype: string;
  readonly z_positions: readonly number[];
  readonly pixel_spacing: readonly number[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly slice_sums_in_z_order: readonly number[];
}

const all = (isThere ? JSON.parse(readFileSync(pathOf("expected.json"), "utf8")) : {}) as Record<string, unknown>;
const under = <T>(prefix: string) => Object.entries(all).filter(([file]) => file.startsWith(prefix)) as [string, T][];

export const niftiReferences = under<NiftiReference>("nifti/");
export const dicomReferences = under<DicomReference>("dicom/");
export const seriesReference = all["dicom_series_hippocrop/"] as SeriesReference;

// What a worker makes for itself, described: data and where a study is kept.
import type { FolderOptions, NpzOptions, Source } from "../io.ts";
import type { ArrayDatasetOptions, PhantomOptions } from "../index.ts";

/** Arrays that the page has, or phantoms to draw. */
export type SetDescription =
  | {
      /** What `arrayDataset` takes. */
      readonly arrays: ArrayDatasetOptions;
      /**
       * Whether the arrays are moved to the worker, which takes no time but leaves the page without them; false by default:
       * they are copied. Arrays over shared memory are neither.
       */
      readonly transfer?: boolean;
    }
  | { readonly phantoms: PhantomOptions };

/** A dataset, or three that are apart already, as the worker is to make them. */
export type DataDescription =
  | SetDescription
  | {
      /** An `.npz`: a File, a Blob, bytes, a URL to fetch, or the path of a file (Node, Deno, Bun). Read in the worker. */
      readonly npz: Source;
      readonly options?: NpzOptions;
    }
  | {
      /** A folder, as `readFolder` takes it (Node, Deno, Bun). */
      readonly folder: string | URL;
      readonly options?: FolderOptions;
    }
  | { readonly train: SetDescription; readonly validation: SetDescription; readonly test: SetDescription };

/**
 * Where a study is kept: in the worker's memory, until it ends; in the browser's own files of this origin, under a name of
 * letters, digits, "_", "-" and "."; in a folder (Node, Deno, Bun).
 */
export type StorageDescription = "memory" | KeptStorage;

/** Where a study outlasts its worker. */
export type KeptStorage = { readonly opfs: string } | { readonly folder: string };

// voxgrad/io: reading and writing files. What it leans on is bundled with it; the core stays free of it.
export { readNpz } from "./io/npz.ts";
export type { NpzOptions } from "./io/npz.ts";
export { writeNpz } from "./io/write-npz.ts";
export type { NpzArray } from "./io/write-npz.ts";
export { readImage } from "./io/read-image.ts";
export type { ImageOptions } from "./io/read-image.ts";
export { readSeries } from "./io/read-series.ts";
export type { SeriesOptions } from "./io/read-series.ts";
export { readFolder } from "./io/read-folder.ts";
export type { FolderOptions } from "./io/read-folder.ts";
export type { Source } from "./io/source.ts";
export { folderStorage, saveFile } from "./storage/files.ts";
export { opfsStorage } from "./storage/opfs.ts";

// models and histories of other programs
export { loadOnnx, saveOnnx } from "./exchange/onnx.ts";
export { loadTfjs, saveTfjs } from "./exchange/tfjs.ts";
export type { TfjsFiles } from "./exchange/tfjs.ts";
export { loadKeras } from "./exchange/keras.ts";
export type { KerasArray } from "./exchange/keras.ts";
export type { ImportOptions } from "./exchange/steps.ts";
export { tensorboardEvents } from "./exchange/tensorboard.ts";
export type { TensorboardOptions } from "./exchange/tensorboard.ts";

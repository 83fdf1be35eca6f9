// Writes NIfTI files for tests, honest or not (nifti1.h, nifti2.h).

export interface NiftiFields {
  readonly version?: 1 | 2;
  readonly isLittle?: boolean;
  /** x first. */
  readonly dimensions: readonly number[];
  readonly datatype: number;
  readonly pixdim?: readonly number[];
  readonly slope?: number;
  readonly intercept?: number;
  readonly offset?: number;
  readonly magic?: string;
  readonly units?: number;
  readonly qform?: { readonly code: number; readonly bcd: readonly number[]; readonly shift: readonly number[] };
  readonly sform?: { readonly code: number; readonly rows: readonly number[] };
  /** Bytes between header and voxels, the flag of extensions first. */
  readonly extension?: Uint8Array;
  /** Written in the file's order. */
  readonly voxels: Uint8Array | ((view: DataView, isLittle: boolean) => void);
  readonly voxelBytes?: number;
}

export function niftiBytes(fields: NiftiFields): Uint8Array<ArrayBuffer> {
  const { version = 1, isLittle = true, dimensions, datatype, voxels, extension = new Uint8Array(4) } = fields;
  const wide = version === 2;
  const size = wide ? 540 : 348;
  const magic = fields.magic ?? `n+${version}\0`;
  const start = fields.offset ?? (magic.startsWith("ni") ? 0 : size + extension.length);
  const voxelBytes = voxels instanceof Uint8Array ? voxels.length : (fields.voxelBytes ?? 0);
  const bytes = new Uint8Array(magic.startsWith("ni") ? size : size + extension.length + voxelBytes);
  const view = new DataView(bytes.buffer);
  const at = wide
    ? { dim: 16, datatype: 12, pixdim: 104, offset: 168, slope: 176, units: 500, qform: 344, sform: 348, quatern: 352, srow: 400, magic: 4 }
    : { dim: 40, datatype: 70, pixdim: 76, offset: 108, slope: 112, units: 123, qform: 252, sform: 254, quatern: 256, srow: 280, magic: 344 }; // prettier-ignore
  const real = (place: number, value: number) =>
    wide ? view.setFloat64(place, value, isLittle) : view.setFloat32(place, value, isLittle);
  const reals = (place: number, values: readonly number[]) =>
    values.forEach((value, i) => real(place + i * (wide ? 8 : 4), value));
  const long = (place: number, value: number) =>
    wide ? view.setBigInt64(place, BigInt(value), isLittle) : view.setInt16(place, value, isLittle);
  const short = (place: number, value: number) =>
    wide ? view.setInt32(place, value, isLittle) : view.setInt16(place, value, isLittle);
  view.setInt32(0, size, isLittle);
  for (let i = 0; i < magic.length; i++) bytes[at.magic + i] = magic.charCodeAt(i);
  [dimensions.length, ...dimensions].forEach((value, i) => long(at.dim + i * (wide ? 8 : 2), value));
  view.setInt16(at.datatype, datatype, isLittle);
  reals(at.pixdim, fields.pixdim ?? [1, 1, 1, 1, 1, 1, 1, 1]);
  if (wide) long(at.offset, start);
  else real(at.offset, start);
  reals(at.slope, [fields.slope ?? 0, fields.intercept ?? 0]);
  if (wide) view.setInt32(at.units, fields.units ?? 2, isLittle);
  else bytes[at.units] = fields.units ?? 2;
  if (fields.qform) {
    short(at.qform, fields.qform.code);
    reals(at.quatern, [...fields.qform.bcd, ...fields.qform.shift]);
  }
  if (fields.sform) {
    short(at.sform, fields.sform.code);
    reals(at.srow, fields.sform.rows);
  }
  if (magic.startsWith("ni")) return bytes;
  bytes.set(extension, size);
  if (voxels instanceof Uint8Array) bytes.set(voxels, size + extension.length);
  else voxels(new DataView(bytes.buffer, size + extension.length), isLittle);
  return bytes;
}

// Protobuf messages described by tables of their fields: encoded and decoded by @bufbuild/protobuf, without generated code.
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { FormatError } from "../errors.ts";

const scalars = {
  double: Type.DOUBLE,
  float: Type.FLOAT,
  int32: Type.INT32,
  int64: Type.INT64,
  uint64: Type.UINT64,
  string: Type.STRING,
  bytes: Type.BYTES,
} as const;

/** A field's number, and its type: a scalar or the name of another table; "many" where it is repeated. */
export type Field = readonly [number: number, type: string, many?: "many"];

/** Messages by name, fields by the names that the .proto file has. */
export type Tables = Readonly<Record<string, Readonly<Record<string, Field>>>>;

export interface Codec<Message> {
  readonly encode: (message: Message) => Uint8Array<ArrayBuffer>;
  /** @throws FormatError for bytes that are no such message. */
  readonly decode: (bytes: Uint8Array, name: string) => Message;
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Fields are those of proto2: one that was set to 0 is written, one that is absent reads as 0, "" or no bytes. Fields that no
 * table has are skipped.
 */
export function codecOf<Message>(tables: Tables, name: string): Codec<Message> {
  const typed = (type: string) =>
    type in scalars
      ? { type: scalars[type as keyof typeof scalars] }
      : { type: Type.MESSAGE, typeName: `.voxgrad.${type}` };
  const messageType = Object.entries(tables).map(([message, fields]) => ({
    name: message,
    field: Object.entries(fields).map(([field, [number, type, many]]) => ({
      ...{ name: field, jsonName: camelCase(field), number, ...typed(type) },
      label: many ? Label.REPEATED : Label.OPTIONAL,
      options: { packed: many !== undefined && type in scalars && type !== "string" && type !== "bytes" },
    })),
  }));
  const file = create(FileDescriptorProtoSchema, {
    ...{ name: "voxgrad.proto", package: "voxgrad", syntax: "proto2", messageType },
  });
  const schema = createFileRegistry(file, () => undefined).getMessage(`voxgrad.${name}`);
  if (!schema) throw new RangeError(`protobuf: expected a message of the tables, got "${name}"`);
  return {
    encode: (message) => Uint8Array.from(toBinary(schema, create(schema, message as MessageInitShape<typeof schema>))),
    decode(bytes, source) {
      try {
        return fromBinary(schema, bytes, { readUnknownFields: false }) as Message;
      } catch (cause) {
        throw new FormatError(`${source}: expected a protobuf message, got ${(cause as Error).message}`, { cause });
      }
    },
  };
}

// The metadata of a wrapper class: what it tells, what MODEL_METADATA says over it, and defaults, checked.

import { parse } from "yaml";
import { isMap } from "../../formats/json.js";

type Fields = Readonly<Record<string, unknown>>;

export interface MetadataSources {
  /** What the class tells. */
  told: Fields | null;
  /** The variable MODEL_METADATA, as YAML. */
  text: string | undefined;
  imageName: string | undefined;
  imageVersion: string | undefined;
}

/** Undefined if it is not valid. */
export function metadataOf({ told, text, imageName = "", imageVersion = "" }: MetadataSources) {
  const metadata = {
    name: imageName,
    versions: [imageVersion],
    platform: "",
    inputs: [],
    outputs: [],
    custom: {},
    ...told,
    ...parsed(text),
  };
  return isMetadata(metadata) ? metadata : undefined;
}

function parsed(text: string | undefined): Fields {
  if (text === undefined) return {};
  try {
    const found = parse(text) as unknown;
    return isMap(found) ? found : {};
  } catch {
    return {};
  }
}

const datatypes = "BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP16 FP32 FP64 BYTES".split(" ");
const arrays = ["tensor", "ndarray", "tftensor"];

const isText = (value: unknown): boolean => typeof value === "string";
const isInteger = (value: unknown): boolean => Number.isInteger(value);
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);

/** Whether there are no other members, and those that are there are valid. */
function has(value: unknown, members: Readonly<Record<string, (member: unknown) => boolean>>): boolean {
  return (
    isMap(value) &&
    Object.entries(value).every(([name, member]) => Object.hasOwn(members, name) && members[name]!(member))
  );
}

function isMetadata(metadata: Fields): boolean {
  return has(metadata, {
    name: isText,
    versions: (value) => isListOf(value, isText),
    platform: isText,
    inputs: (value) => isListOf(value, isItem),
    outputs: (value) => isListOf(value, isItem),
    custom: (value) => isMap(value) && Object.values(value).every(isText),
  });
}

/** An input or output: a tensor, or a message of some type. */
function isItem(item: unknown): boolean {
  if (!isMap(item)) return false;
  const { messagetype } = item;
  if (messagetype === undefined) {
    const isDatatype = (value: unknown) => datatypes.includes(value as string);
    return has(item, { name: isText, datatype: isDatatype, shape: (value) => isListOf(value, isInteger) });
  }
  if (!isText(messagetype)) return false;
  if (messagetype === "strData" || messagetype === "binData") return has(item, { messagetype: isText });
  if (!arrays.includes(messagetype as string)) return has(item, { messagetype: isText, schema: isMap });
  const isSchema = (schema: unknown) =>
    has(schema, {
      names: (value) => isListOf(value, isText),
      shape: (value) => isListOf(value, isInteger),
    });
  return has(item, { messagetype: isText, schema: isSchema });
}

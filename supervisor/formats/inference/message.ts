// Requests of the Open Inference Protocol: reads JSON, with tensors in it or as bytes after it, and checks what the protocol fixes.

import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import { parseExactly } from "../exact-json.js";
import { isMap, replaceBareNumbers } from "../json.js";
import { checkHalves, jsonText } from "../json-text.js";
import { type Datatype, datatypes, isDatatype, widths } from "./datatypes.js";
import { listFor, takeLists } from "./number-lists.js";

export type Parameters = Readonly<Record<string, unknown>>;

export interface Tensor {
  name: string;
  shape: readonly number[];
  datatype: Datatype;
  parameters: Parameters;
  /** The elements in row-major order as JSON has them, whole numbers beyond 2^53 as bigints, long lists of numbers apart; or their bytes. */
  data: readonly unknown[] | Float64Array | Buffer;
  /** Whether JSON had a list for each row. */
  isNested?: boolean;
}

export interface WantedOutput {
  name: string;
  parameters: Parameters;
}

export interface InferRequest {
  id: string | undefined;
  parameters: Parameters;
  inputs: readonly Tensor[];
  /** Empty for those that the model gives by default. */
  outputs: readonly WantedOutput[];
}

/**
 * A body whose first `jsonLength` bytes are JSON, and the rest tensors in the order of the inputs. Throws JSON_INVALID for what is not the
 * protocol's JSON, and INPUT_INVALID for tensors that do not hold what they declare.
 */
export function readInferRequest(body: Buffer, jsonLength = body.length): InferRequest {
  if (jsonLength > body.length)
    throw invalid(
      `the header Inference-Header-Content-Length says ${jsonLength}, but the body has ${counted(body.length, "byte")}`,
    );
  const json = readApart(body, jsonLength) ?? parse(jsonText(body.subarray(0, jsonLength)));
  if (!isMap(json)) throw malformed(`the body is ${kindOf(json)}, expected an object with inputs`);
  if (!Array.isArray(json.inputs) || json.inputs.length === 0)
    throw malformed(`inputs is ${kindOf(json.inputs)}, expected a list of at least one tensor`);
  if (json.id !== undefined && json.id !== null && typeof json.id !== "string")
    throw malformed(`id is ${kindOf(json.id)}, expected a text`);
  const tail = new Tail(body.subarray(jsonLength));
  const inputs = json.inputs.map((input, at) => readTensor(input, `inputs[${at}]`, tail));
  checkNames(inputs);
  tail.checkEnd();
  return {
    id: (json.id as string | undefined) ?? undefined,
    parameters: parametersIn(json, "parameters"),
    inputs,
    outputs: readOutputs(json.outputs),
  };
}

/** Throws TENSOR_INVALID for a name that is there twice. */
export function checkNames(inputs: readonly Tensor[]): void {
  const names = new Set<string>();
  for (const { name } of inputs) {
    if (names.has(name)) throw invalid(`the input ${name} is there twice; give each input one name`);
    names.add(name);
  }
}

function readOutputs(outputs: unknown): WantedOutput[] {
  if (outputs === undefined || outputs === null) return [];
  if (!Array.isArray(outputs)) throw malformed(`outputs is ${kindOf(outputs)}, expected a list`);
  return outputs.map((one, at) => {
    const place = `outputs[${at}]`;
    if (!isMap(one) || typeof one.name !== "string") throw malformed(`${place} has no name`);
    return { name: one.name, parameters: parametersIn(one, `${place}.parameters`) };
  });
}

function readTensor(input: unknown, place: string, tail: Tail): Tensor {
  if (!isMap(input)) throw malformed(`${place} is ${kindOf(input)}, expected an object`);
  const { name, shape, datatype } = input;
  if (typeof name !== "string") throw malformed(`${place}.name is ${kindOf(name)}, expected a text`);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw malformed(
      `the shape of ${name} is ${shown(shape)}, expected a list of whole numbers from 0 to 2^53`,
    );
  if (!isDatatype(datatype))
    throw malformed(`the datatype of ${name} is ${shown(datatype)}, expected one of ${datatypes.join(", ")}`);
  const parameters = parametersIn(input, `${place}.parameters`);
  const tensor = { name, shape: shape as number[], datatype, parameters };
  const size = shape.reduce((product: number, one: number) => product * one, 1);
  const { binary_data_size: binarySize } = parameters;
  if (binarySize === undefined) {
    const isNested = Array.isArray(input.data) && Array.isArray(input.data[0]);
    return { ...tensor, data: elementsOf(input.data, tensor, size), isNested };
  }
  if (input.data !== undefined) throw invalid(`${name} has data and binary_data_size; send one of them`);
  return { ...tensor, data: tail.take(binarySize, tensor, size) };
}

interface Declared {
  name: string;
  shape: readonly number[];
  datatype: Datatype;
}

/** Nested lists count as flat ones if they are nested as the shape says. */
function elementsOf(
  data: unknown,
  { name, shape, datatype }: Declared,
  size: number,
): readonly unknown[] | Float64Array {
  if (datatype === "BF16") throw invalid(`${name} is BF16, which is read as bytes alone`);
  // A single value is let through for a tensor of one element.
  const list =
    Array.isArray(data) || data instanceof Float64Array
      ? data
      : size === 1 && data !== undefined && !isMap(data)
        ? [data]
        : undefined;
  if (!list) throw malformed(`the data of ${name} is ${kindOf(data)}, expected a list`);
  const flat = Array.isArray(list) && holdsLists(list) ? flattened(list, shape) : list;
  if (flat?.length === size) return flat;
  const found = flat ? counted(flat.length, "element") : "lists of other lengths";
  throw invalid(
    `${name} has the shape [${shape.join(", ")}], ${counted(size, "element")}, but its data are ${found}`,
  );
}

/** Counts the elements itself, which for long lists of numbers takes a tenth of the time that an iterator takes. */
function holdsLists(list: readonly unknown[]): boolean {
  for (let at = 0; at < list.length; at++) if (Array.isArray(list[at])) return true;
  return false;
}

/** Undefined if the lists are not nested as the shape says. */
function flattened(list: readonly unknown[], shape: readonly number[]): unknown[] | undefined {
  const flat: unknown[] = [];
  const add = (part: readonly unknown[], depth: number): boolean => {
    if (part.length !== shape[depth]) return false;
    const isLast = depth === shape.length - 1;
    for (const one of part) {
      if (Array.isArray(one) === isLast) return false;
      if (isLast) flat.push(one);
      else if (!add(one as unknown[], depth + 1)) return false;
    }
    return true;
  };
  return add(list, 0) ? flat : undefined;
}

/** The bytes after the JSON. */
class Tail {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  take(wanted: unknown, { name, shape, datatype }: Declared, size: number): Buffer {
    if (!Number.isSafeInteger(wanted) || (wanted as number) < 0)
      throw invalid(`binary_data_size of ${name} is ${shown(wanted)}, expected a number of bytes`);
    const length = wanted as number;
    const left = this.bytes.length - this.at;
    if (length > left)
      throw invalid(
        `binary_data_size of ${name} is ${length}, but ${counted(left, "byte")} are left in the body`,
      );
    if (datatype !== "BYTES" && length !== size * widths[datatype])
      throw invalid(
        `${name} has the shape [${shape.join(", ")}] of ${datatype}, ${counted(size * widths[datatype], "byte")}, but binary_data_size is ${length}`,
      );
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  checkEnd(): void {
    const left = this.bytes.length - this.at;
    if (left > 0) throw invalid(`${counted(left, "byte")} follow the last tensor in the body`);
  }
}

/** The JSON with long lists of numbers as arrays of floats; undefined for all that needs the eyes of `parse`. */
function readApart(body: Buffer, length: number): unknown {
  const apart = takeLists(body, length);
  if (!apart) return undefined;
  let json: unknown;
  try {
    json = parseTensors(apart.text);
  } catch {
    return undefined;
  }
  const inputs = isMap(json) && Array.isArray(json.inputs) ? json.inputs.filter(isMap) : [];
  let placed = 0;
  for (const input of inputs) {
    const list = listFor(input.data, apart);
    if (list !== input.data) placed++;
    input.data = list;
  }
  return placed === apart.lists.length ? json : undefined;
}

/** Whole numbers beyond 2^53 become bigints; bare NaN, which clients send, null, and bare infinities texts. */
function parse(text: string): unknown {
  if (text.trim() === "") throw malformed("the body is empty, expected an object with inputs");
  try {
    return parseTensors(text);
  } catch (error) {
    if (error instanceof DrumError) throw error;
    if (/NaN|Infinity/.test(text)) {
      const strict = replaceBareNumbers(text, (found) => (found === "NaN" ? "null" : `"${found}"`));
      try {
        return parseTensors(strict);
      } catch {
        // The first error is about the text as it came.
      }
    }
    throw malformed(`the body is not valid JSON: ${messageOf(error)}`);
  }
}

/** JSON.parse is many times faster than reading exactly, and finds in the numbers that it has read whether that is needed. */
function parseTensors(text: string): unknown {
  const json: unknown = JSON.parse(text);
  checkHalves(text, json);
  const inputs = isMap(json) && Array.isArray(json.inputs) ? json.inputs : [];
  return inputs.some((input) => isMap(input) && holdsLarge(input.data)) ? parseExactly(text) : json;
}

/** Whether a number may have been rounded when it was read. */
function holdsLarge(data: unknown): boolean {
  if (!Array.isArray(data)) return typeof data === "number" && !(Math.abs(data) <= Number.MAX_SAFE_INTEGER);
  const largest = Number.MAX_SAFE_INTEGER;
  for (let at = 0; at < data.length; at++) {
    const cell: unknown = data[at];
    if (typeof cell === "number") {
      if (cell > largest || cell < -largest) return true;
    } else if (Array.isArray(cell) && holdsLarge(cell)) return true;
  }
  return false;
}

function parametersIn({ parameters }: Record<string, unknown>, place: string): Parameters {
  if (parameters === undefined || parameters === null) return {};
  if (isMap(parameters)) {
    const { content_type: type } = parameters;
    if (type === undefined || type === null || typeof type === "string") return parameters;
    throw invalid(`the content_type in ${place} is ${shown(type)}, expected a text`);
  }
  throw malformed(`${place} is ${kindOf(parameters)}, expected an object`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : typeof value === "object"
      ? "an object"
      : `a ${typeof value}`;
}

/** A value for a message. JSON.stringify refuses bigints, and lists that nest too deeply. */
export function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
    return (text ?? "missing").slice(0, 80);
  } catch {
    return kindOf(value);
  }
}

/** The JSON is not that of the protocol. */
function malformed(words: string): DrumError {
  return new DrumError("INPUT_UNREADABLE", words);
}

/** The JSON is, but its tensors contradict themselves. */
export function invalid(words: string): DrumError {
  return new DrumError("TENSOR_INVALID", words);
}

// Tensors of model classes: those of a request to the worker, those of its answer to JSON or bytes. No number passes through JSON between.

import { bytesOf } from "../../../protocol/memory.js";
import type { InferAnswer, InferParams, TensorElements } from "../../../protocol/messages.js";
import { exactJson, parseExactly } from "../exact-json.js";
import { isMap } from "../json.js";
import { valuesIn } from "./bytes.js";
import { Elements } from "./columns.js";
import { type Datatype, isFloat, rangeOf } from "./datatypes.js";
import { type InferRequest, invalid, type Parameters, type Tensor } from "./message.js";

export interface Output {
  name: string;
  shape: readonly number[];
  datatype: Datatype;
}

/** A tensor as a model class has made it. */
export interface RawOutput extends Output {
  parameters: Parameters;
  elements: TensorElements;
}

/** Elements as a model class gets them. */
interface Stored {
  /** What the bytes hold: for numbers of JSON the widest of their kind, since JSON has no other. */
  datatype: Datatype;
  elements: TensorElements;
}

function storedOf(tensor: Tensor): Stored {
  const { name, datatype, data, shape } = tensor;
  const all = { name, start: 0, step: 1, count: shape.reduce((product, size) => product * size, 1) };
  // Checks the elements, except those of bytes that may be anything.
  const column = () => new Elements(tensor, "text").column(all);
  if (Buffer.isBuffer(data)) {
    if (datatype === "BYTES")
      return { datatype, elements: Array.from(valuesIn(tensor, data) as ArrayLike<Buffer>) };
    if (datatype === "BF16")
      return { datatype: "FP32", elements: bytesOf(valuesIn(tensor, data) as Float32Array) };
    if (datatype === "BOOL") column();
    return { datatype, elements: data };
  }
  if (datatype === "BYTES" && data.length > 0 && data.every(Buffer.isBuffer))
    return { datatype, elements: [...data] as Buffer[] };
  if (datatype === "UINT64") return { datatype, elements: bytesOf(BigUint64Array.from(data, bigOf(tensor))) };
  if (isFloat(datatype)) {
    const { data: bytes, validity } = new Elements({ ...tensor, datatype: "FP64" }, "text").column(all);
    const floats = new Float64Array(bytes.buffer, bytes.byteOffset, all.count);
    if (validity)
      for (const [at, value] of data.entries())
        if (value === null || Number.isNaN(value)) floats[at] = Number.NaN;
    return { datatype: "FP64", elements: bytes };
  }
  const { data: bytes } = column();
  if (datatype === "BOOL") return { datatype, elements: Uint8Array.from(data, Number) };
  if (datatype === "BYTES") return { datatype, elements: [...data] as string[] };
  return { datatype: "INT64", elements: bytes };
}

/** Columns end at 2^63, tensors at 2^64. */
function bigOf({ name }: Tensor) {
  const [least, most] = rangeOf("UINT64")!;
  return (cell: unknown, at: number): bigint => {
    const isWhole = typeof cell === "bigint" || Number.isInteger(cell);
    if (isWhole && (cell as bigint) >= least && (cell as bigint) <= most) return BigInt(cell as bigint);
    throw invalid(
      `element ${at} of ${name} is ${exactJson(cell)}, expected a whole number from ${least} to ${most} for UINT64`,
    );
  };
}

/** Throws TENSOR_INVALID for elements that are not of their datatype. */
export function inferParams({ id, parameters, inputs, outputs }: InferRequest): InferParams {
  const stored = inputs.map(storedOf);
  const head = {
    id,
    parameters,
    inputs: inputs.map(({ name, shape, datatype, parameters: own, isNested }, at) => ({
      name,
      shape,
      // MLServer has no BF16; a wider float holds the same numbers.
      datatype: datatype === "BF16" ? "FP32" : datatype,
      // MLServer has none where a request says nothing.
      ...(Object.keys(own).length > 0 && { parameters: own }),
      stored: stored[at]!.datatype,
      nested: isNested ?? false,
    })),
    outputs: outputs.length > 0 ? outputs : undefined,
  };
  return { head: exactJson(head), tensors: stored.map(({ elements }) => elements) };
}

export interface RawAnswer {
  /** As the class says. */
  name: string | undefined;
  version: string | undefined;
  parameters: Parameters;
  outputs: RawOutput[];
}

export function readInferAnswer({ head, tensors }: InferAnswer): RawAnswer {
  const told = parseExactly(head) as {
    model_name: string | null;
    model_version: string | null;
    parameters: Parameters;
    outputs: Omit<RawOutput, "elements">[];
  };
  const outputs = told.outputs.map((output, at) => ({ ...output, elements: tensors[at]! }));
  const { model_name: name, model_version: version, parameters } = told;
  return { name: name || undefined, version: version ?? undefined, parameters, outputs };
}

/** NaN and infinities are null, which JSON has in their place. Throws TENSOR_INVALID for bytes that are no text. */
export function rawAsJson(output: RawOutput): string {
  const { elements } = output;
  if (Array.isArray(elements))
    return `[${elements.map((one) => JSON.stringify(textOf(one, output))).join(",")}]`;
  const values = Array.from(valuesIn(output, asBuffer(elements)), (value) => {
    if (output.datatype === "BOOL") return String(value === 1);
    return typeof value === "bigint" ? String(value) : JSON.stringify(value);
  });
  return `[${values.join(",")}]`;
}

/** Little-endian and row-major. Throws TENSOR_INVALID for a missing text, which bytes do not have. */
export function rawBytes({ name, elements }: RawOutput): Buffer {
  if (!Array.isArray(elements)) return asBuffer(elements);
  return Buffer.concat(
    elements.flatMap((one, at) => {
      if (one === null)
        throw invalid(
          `element ${at} of the output ${name} is missing, which bytes cannot say; ask for it as JSON with binary_data false`,
        );
      const bytes = Buffer.from(one);
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

function textOf(element: string | Uint8Array | null, { name }: RawOutput): string | null {
  if (element === null || typeof element === "string") return element;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(element);
  } catch {
    throw invalid(
      `the output ${name} holds bytes that are not UTF-8, which JSON cannot hold; ask for it with binary_data true`,
    );
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The headers that a model gives its answer, and the parameters without them. */
export function headersIn({ headers, ...parameters }: Parameters) {
  const told = isMap(headers) ? Object.entries(headers) : [];
  return { parameters, headers: Object.fromEntries(told.map(([name, value]) => [name, String(value)])) };
}

// Messages of inference.proto as proto-loader makes them, and the tensors in them. Whole numbers of 64 bits are texts.

import { status } from "@grpc/grpc-js";
import { bytesOf as memoryOf } from "../../../../protocol/memory.js";
import { counted } from "../../../counted.js";
import { valuesIn } from "../../../formats/inference/bytes.js";
import { type Datatype, datatypes, isDatatype, widths } from "../../../formats/inference/datatypes.js";
import {
  checkNames,
  type InferRequest,
  invalid,
  type Parameters,
  type Tensor,
} from "../../../formats/inference/message.js";
import { bytesOf, type OutputTensor, outputParameters } from "../../../formats/inference/write.js";
import { refused } from "../../grpc/errors.js";
import type { Inference } from "../infer.js";

/** The member that is set. */
type ProtoParameter = Partial<{
  bool_param: boolean;
  int64_param: string;
  string_param: string;
  double_param: number;
  uint64_param: string;
}>;
type ProtoParameters = Record<string, ProtoParameter>;

type Contents = Partial<Record<ContentsName, unknown[]>>;
type ContentsName =
  | "bool_contents"
  | "int_contents"
  | "int64_contents"
  | "uint_contents"
  | "uint64_contents"
  | "fp32_contents"
  | "fp64_contents"
  | "bytes_contents";

interface ProtoTensor {
  name?: string;
  datatype?: string;
  shape?: (string | number)[];
  parameters?: ProtoParameters;
  contents?: Contents;
}

export interface ProtoInferRequest {
  model_name?: string;
  model_version?: string;
  id?: string;
  parameters?: ProtoParameters;
  inputs?: ProtoTensor[];
  outputs?: { name?: string; parameters?: ProtoParameters }[];
  raw_input_contents?: Buffer[];
}

export interface ProtoInferAnswer {
  model_name: string;
  model_version?: string;
  id?: string;
  parameters?: ProtoParameters;
  outputs?: ProtoTensor[];
  raw_output_contents?: Buffer[];
}

/** Undefined for those that are sent as raw bytes alone. */
const contentsOf: Readonly<Record<Datatype, ContentsName | undefined>> = {
  BOOL: "bool_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  FP16: undefined,
  BF16: undefined,
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

/** Throws TENSOR_INVALID for tensors that do not hold what they declare. */
export function requestOf(message: ProtoInferRequest): InferRequest {
  const { id, parameters, inputs = [], outputs = [], raw_input_contents: raw = [] } = message;
  if (inputs.length === 0) throw invalid("the request has no inputs, expected at least one tensor");
  if (raw.length > 0 && raw.length !== inputs.length)
    throw invalid(
      `raw_input_contents has ${counted(raw.length, "part")} for ${counted(inputs.length, "input")}; send one for each, or contents in every input`,
    );
  const tensors = inputs.map((input, at) => tensorOf(input, raw[at], `inputs[${at}]`));
  checkNames(tensors);
  return {
    id: id || undefined,
    parameters: parametersOf(parameters),
    inputs: tensors,
    outputs: outputs.map(({ name = "", parameters: own }) => ({ name, parameters: parametersOf(own) })),
  };
}

function parametersOf(parameters: ProtoParameters = {}): Parameters {
  const values = Object.entries(parameters).map(([name, value]) => {
    const { bool_param, int64_param, string_param, double_param, uint64_param } = value;
    return [name, bool_param ?? string_param ?? double_param ?? Number(int64_param ?? uint64_param)];
  });
  return Object.fromEntries(values);
}

export function protoParameters(parameters: Parameters): ProtoParameters {
  const values = Object.entries(parameters).map(([name, value]): [string, ProtoParameter] => {
    if (typeof value === "boolean") return [name, { bool_param: value }];
    if (typeof value === "number")
      return [name, Number.isSafeInteger(value) ? { int64_param: String(value) } : { double_param: value }];
    return [name, { string_param: String(value) }];
  });
  return Object.fromEntries(values);
}

function tensorOf(input: ProtoTensor, raw: Buffer | undefined, place: string): Tensor {
  const { name = "", datatype = "", shape: texts = [], parameters, contents } = input;
  if (name === "") throw invalid(`${place} has no name`);
  if (!isDatatype(datatype))
    throw invalid(
      `the datatype of ${name} is ${JSON.stringify(datatype)}, expected one of ${datatypes.join(", ")}`,
    );
  const shape = texts.map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw invalid(`the shape of ${name} is [${texts.join(", ")}], expected whole numbers`);
  const size = shape.reduce((product, one) => product * one, 1);
  const declared = { name, shape, datatype, parameters: parametersOf(parameters) };
  const filled = Object.entries(contents ?? {}).filter(([, values]) => values.length > 0);
  if (raw === undefined) return { ...declared, data: elementsIn(filled, declared, size) };
  if (filled.length > 0)
    throw invalid(`${name} has ${filled[0]![0]}, and there are raw_input_contents; send one of them`);
  if (datatype !== "BYTES" && raw.length !== size * widths[datatype])
    throw invalid(
      `${name} has the shape [${shape.join(", ")}] of ${datatype}, ${counted(size * widths[datatype], "byte")}, but its raw contents have ${raw.length}`,
    );
  return { ...declared, data: raw };
}

function elementsIn(
  filled: readonly [string, unknown[]][],
  { name, shape, datatype }: Omit<Tensor, "data">,
  size: number,
): Tensor["data"] {
  const own = contentsOf[datatype];
  if (own === undefined) throw invalid(`${name} is ${datatype}, which is read from raw_input_contents alone`);
  const other = filled.find(([member]) => member !== own);
  if (other) throw invalid(`${name} is ${datatype} and has ${other[0]}; its elements belong in ${own}`);
  const values = filled[0]?.[1] ?? [];
  if (values.length !== size)
    throw invalid(
      `${name} has the shape [${shape.join(", ")}], ${counted(size, "element")}, but ${own} has ${values.length}`,
    );
  // Floats are read fastest as memory.
  if (datatype === "FP64") return memoryOf(Float64Array.from(values as number[]));
  if (datatype === "FP32") return memoryOf(Float32Array.from(values as number[]));
  return own === "int64_contents" || own === "uint64_contents" ? (values as string[]).map(BigInt) : values;
}

/** `isRaw` as in the request: a client that sends raw contents reads them. */
export function answerOf({ head, outputs }: Inference, isRaw: boolean): ProtoInferAnswer {
  const { model_name, model_version, id, parameters = {} } = head;
  const told = {
    model_name,
    ...(model_version && { model_version }),
    ...(id && { id }),
    parameters: protoParameters(parameters),
  };
  const parts = outputs.map(bytesOf);
  if (isRaw) return { ...told, outputs: outputs.map(described), raw_output_contents: parts };
  return {
    ...told,
    outputs: outputs.map((output, at) => ({
      ...described(output),
      contents: contentsIn(output, parts[at]!),
    })),
  };
}

function described(output: OutputTensor): ProtoTensor {
  const { name, datatype, shape } = output;
  return { name, datatype, shape: [...shape], parameters: protoParameters(outputParameters(output)) };
}

function contentsIn({ name, datatype, shape }: OutputTensor, bytes: Buffer): Contents {
  const member = contentsOf[datatype];
  if (member === undefined)
    throw refused(
      `the output ${name} is ${datatype}, which has raw contents alone; send raw_input_contents to get them`,
      status.INVALID_ARGUMENT,
    );
  const values = valuesIn({ name, datatype, shape }, bytes);
  return { [member]: Array.from(values, (value) => (typeof value === "bigint" ? String(value) : value)) };
}

// Checks what a worker sends, field by field: `hello` and the result of every request (SPEC.md sections 5 and 6).

import { describe, isMap } from "./codec.js";
import { checkMatrix } from "./matrix.js";
import {
  type Capabilities,
  type Hello,
  type InferAnswer,
  type JsonMap,
  type LoadResult,
  type Method,
  type Methods,
  ProtocolError,
  type Signature,
  type SignatureColumn,
  type TensorElements,
  type Value,
} from "./messages.js";
import { checkColumn, checkTable, isColumnType } from "./table.js";

type Fields = { [key: string]: Value };

const checks: { readonly [M in Method]: (result: Fields) => Methods[M]["result"] } = {
  ping: () => null,
  load: (result): LoadResult => ({
    hooks: texts(result, "hooks"),
    predictor: textOrNil(result, "predictor"),
    payload_formats: mapOf(result, "payload_formats", textOrNil),
    packages: mapOf(result, "packages", text),
    signature: signatureOf(result),
    metadata: mapOrNil(result, "metadata"),
  }),
  predict: (result) => {
    const rows = rowsOrNil(result, "rows");
    return { rows, ...predictionsOf(result) };
  },
  post_process: predictionsOf,
  transform: (result) => {
    const { matrix = null, table = null, target = null } = result;
    const data =
      matrix === null
        ? within("table of transformed data", () => checkTable(table))
        : within("matrix of transformed data", () => checkMatrix(matrix));
    return {
      rows: rowsOrNil(result, "rows") ?? fail("rows", "an int from 0", null),
      data,
      index: indexOf(result, data.rows),
      target: target === null ? null : within("table of the target", () => checkTable(target)),
    };
  },
  score_unstructured: (result) => {
    const { data = null } = result;
    if (data !== null && typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw fail("data", "a str, a bin or nil", data);
    }
    return { data, mimetype: textOrNil(result, "mimetype"), charset: textOrNil(result, "charset") };
  },
  chat: (result) => ({ completion: mapOrNil(result, "completion") }),
  models: ({ models }) => {
    if (!Array.isArray(models) || !models.every((one): one is JsonMap => isMap(one))) {
      throw fail("models", "an array of map", models);
    }
    return { models };
  },
  call: (result) => {
    const { metrics } = result;
    if (!Array.isArray(metrics)) throw fail("metrics", "an array", metrics);
    return {
      status: integer(result, "status"),
      type: text(result, "type"),
      message: textOrBytes(result, "message"),
      metrics,
      traceback: textOrNil(result, "traceback"),
    };
  },
  infer: (result) => ({ head: textOrNil(result, "head"), tensors: tensorsIn(result) }),
  serve: () => null,
  fit: () => null,
};

/** The checked answer in a chunk of `infer`. Throws as checkResult does. */
export function checkInferAnswer(chunk: Value): InferAnswer {
  if (!isMap(chunk)) throw fail("data of a chunk", "a map", chunk);
  return { head: text(chunk, "head"), tensors: tensorsIn(chunk) };
}

function tensorsIn({ tensors = null }: Fields): TensorElements[] {
  if (Array.isArray(tensors) && tensors.every(isElements)) return tensors;
  throw fail("tensors", "an array of bin or array", tensors);
}

function isElements(value: Value): value is TensorElements {
  if (!Array.isArray(value)) return value instanceof Uint8Array;
  return value.every((one) => one === null || typeof one === "string" || one instanceof Uint8Array);
}

/** The checked result of a request. Throws a ProtocolError whose message continues "the worker's response has". */
export function checkResult<M extends Method>(method: M, result: Value): Methods[M]["result"] {
  if (!isMap(result)) throw fail(`result of ${method}`, "a map", result);
  return checks[method](result);
}

/** The checked hello of a worker. Throws a ProtocolError whose message continues "the worker's hello has". */
export function checkHello(hello: Value): Hello {
  if (!isMap(hello)) throw fail("params", "a map", hello);
  return {
    protocol: integer(hello, "protocol"),
    language: text(hello, "language"),
    language_version: text(hello, "language_version"),
    worker_version: text(hello, "worker_version"),
    executable: text(hello, "executable"),
    capabilities: capabilitiesOf(hello.capabilities),
  };
}

function capabilitiesOf(capabilities: Value | undefined): Capabilities {
  if (!isMap(capabilities)) throw fail("capabilities", "a map", capabilities);
  return {
    methods: texts(capabilities, "methods"),
    payloads: texts(capabilities, "payloads"),
    concurrency: integer(capabilities, "concurrency"),
  };
}

/** Absent means that nothing is known. */
function signatureOf({ signature = null }: Fields): Signature | null {
  if (signature === null) return null;
  if (!isMap(signature)) throw fail("signature", "a map or nil", signature);
  const { by, columns } = signature;
  if (by !== "name" && by !== "position") throw fail("by of the signature", '"name" or "position"', by);
  if (!Array.isArray(columns)) throw fail("columns of the signature", "an array", columns);
  return { by, columns: columns.map(signatureColumnOf) };
}

function signatureColumnOf(column: Value): SignatureColumn {
  if (!isMap(column)) throw fail("column of the signature", "a map", column);
  const { levels = null } = column;
  const type = textOrNil(column, "type");
  if (type !== null && !isColumnType(type))
    throw fail("type of a column of the signature", "a column type or nil", type);
  return { name: text(column, "name"), type, levels: levels === null ? null : texts(column, "levels") };
}

function predictionsOf(result: Fields): Methods["post_process"]["result"] {
  const predictions = within("table of predictions", () => checkTable(result.predictions ?? null));
  const { labelled } = result;
  if (typeof labelled !== "boolean") throw fail("labelled", "a bool", labelled);
  return { predictions, labelled, index: indexOf(result, predictions.rows) };
}

function indexOf({ index = null }: Fields, rows: number) {
  return index === null ? null : within("column of row labels", () => checkColumn(index, rows));
}

function within<Checked>(what: string, check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError("MESSAGE_INVALID", `no ${what}: ${error.message}`);
  }
}

function fail(field: string, expected: string, got: Value | undefined): never {
  throw new ProtocolError(
    "MESSAGE_INVALID",
    `no usable ${field}: expected ${expected}, got ${describe(got)}`,
  );
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : fail(name, "a str", value);
}

function mapOrNil(fields: Fields, name: string): JsonMap | null {
  const { [name]: value = null } = fields;
  return value === null || isMap(value) ? value : fail(name, "a map or nil", value);
}

function textOrNil(fields: Fields, name: string): string | null {
  const { [name]: value = null } = fields;
  return value === null || typeof value === "string" ? value : fail(name, "a str or nil", value);
}

function texts(fields: Fields, name: string): string[] {
  const value = fields[name];
  const isTexts = Array.isArray(value) && value.every((one): one is string => typeof one === "string");
  return isTexts ? value : fail(name, "an array of str", value);
}

function textOrBytes(fields: Fields, name: string): string | Uint8Array {
  const value = fields[name];
  const fits = typeof value === "string" || value instanceof Uint8Array;
  return fits ? value : fail(name, "a str or a bin", value);
}

function integer(fields: Fields, name: string): number {
  const value = fields[name];
  return Number.isSafeInteger(value) ? (value as number) : fail(name, "an int", value);
}

function rowsOrNil(fields: Fields, name: string): number | null {
  const { [name]: value = null } = fields;
  if (value === null) return null;
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : fail(name, "an int from 0 or nil", value);
}

function mapOf<One>(
  fields: Fields,
  name: string,
  read: (fields: Fields, key: string) => One,
): { [key: string]: One } {
  const value = fields[name];
  if (!isMap(value)) return fail(name, "a map", value);
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

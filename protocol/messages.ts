// The types of the worker protocol's messages, in the order of SPEC.md, which is normative.

import type { LoadParams, LoadResult } from "./types/load.js";
import type { ColumnType, JsonMap, Params, Value } from "./types/values.js";

export type * from "./types/load.js";
export * from "./types/values.js";

export const PROTOCOL_VERSION = 1;

export type Request<M extends Method = Method> = [0, id: number, method: M, params: Methods[M]["params"]];
export type Response = [1, id: number, error: WireError | null, result: Value];
export type Notification = [2, method: string, params: Params];
export type Message = Request | Response | Notification;

/** A received message: its form is checked, but not its params or result. */
export type ReceivedMessage = [0, id: number, method: string, params: Params] | Response | Notification;

/** The params and result of each method (SPEC.md section 6). */
export interface Methods {
  ping: { params: Record<string, never>; result: null };
  load: { params: LoadParams; result: LoadResult };
  predict: { params: PredictParams; result: PredictResult };
  post_process: { params: PostProcessParams; result: PostProcessResult };
  transform: { params: TransformParams; result: TransformResult };
  score_unstructured: { params: UnstructuredParams; result: UnstructuredResult };
  chat: { params: ChatParams; result: ChatResult };
  models: { params: Record<string, never>; result: ModelsResult };
  call: { params: CallParams; result: CallResult };
  infer: { params: InferParams; result: InferResult };
  serve: { params: LoadParams; result: null };
  fit: { params: FitParams; result: null };
}

export type Method = keyof Methods;

export interface UnstructuredParams {
  /** A string if the media type is text. */
  data: string | Buffer;
  mimetype: string;
  charset: string;
  query: Record<string, string[]>;
  /** Empty without an HTTP request. */
  headers: Record<string, string>;
}

export interface UnstructuredResult {
  data: string | Uint8Array | null;
  mimetype: string | null;
  charset: string | null;
}

export interface ChatParams {
  request: JsonMap;
  headers: Record<string, string>;
}

export interface ChatResult {
  /** Null if the hook returned chunks. */
  completion: JsonMap | null;
}

export interface ModelsResult {
  models: JsonMap[];
}

export interface CallParams {
  /** A method of the wrapper class, for example `transform_input`. */
  method: string;
  /** Null for methods without a message. */
  message: string | Buffer | null;
  /** What the message is. */
  form?: MessageForm;
}

/** JSON, which is the default; a serialized message of gRPC; a body of any kind, which the class reads itself. */
export type MessageForm = "json" | "protobuf" | "body";

export interface CallResult {
  /** The HTTP status of the answer. */
  status: number;
  /** Its media type. */
  type: string;
  /** Bytes if the class has made them. */
  message: string | Uint8Array;
  /** What the call measured, as the class made it. */
  metrics: Value[];
  /** Of an error in user code. */
  traceback: string | null;
}

/** A request of the Open Inference Protocol. */
export interface InferParams {
  /** Its JSON, without the data of its tensors. */
  head: string;
  tensors: TensorElements[];
  /** Whether the answers come as chunks, each an InferAnswer. */
  stream?: boolean;
}

/** An answer of the Open Inference Protocol. */
export interface InferAnswer {
  head: string;
  tensors: TensorElements[];
}

/** `head` is null after all answers have come as chunks. */
export interface InferResult {
  head: string | null;
  tensors: TensorElements[];
}

/** Little-endian and row-major; of BYTES a list, null for what is missing. */
export type TensorElements = Uint8Array | (string | Uint8Array | null)[];

export interface Hello {
  protocol: number;
  language: string;
  language_version: string;
  worker_version: string;
  executable: string;
  capabilities: Capabilities;
}

export interface Capabilities {
  methods: string[];
  payloads: string[];
  concurrency: number;
}

/** What a fit needs to know about the model, as in LoadParams, and its data. */
export interface FitParams
  extends Pick<
    LoadParams,
    | "code_directory"
    | "hook_file"
    | "target_type"
    | "positive_class_label"
    | "negative_class_label"
    | "class_labels"
    | "hooks"
    | "runtime_parameters"
    | "user_secrets"
  > {
  X: Payload;
  /** A payload with one column, like `row_weights`. */
  y: Payload | null;
  row_weights: Payload | null;
  parameters: { [name: string]: Value };
  /** Names of parameters that are floats even if their value is whole. */
  float_parameters: string[];
  output_directory: string;
}

export interface PredictParams {
  payload: Payload;
}

export interface PredictResult {
  rows: number | null;
  predictions: Table;
  labelled: boolean;
  index: Column | null;
}

export interface TransformParams {
  payload: Payload;
  /** The target of the rows, as CSV. */
  target?: Payload | null;
  /** Whether the response may contain a matrix. */
  sparse?: boolean | null;
}

export interface TransformResult {
  rows: number;
  /** A matrix only if the request allows one. */
  data: Table | Matrix;
  index: Column | null;
  /** The target as the worker read it. */
  target: Table | null;
}

export interface PostProcessParams {
  predictions: Table;
}

export type PostProcessResult = Omit<PredictResult, "rows">;

/** The input of a model, as received (SPEC.md section 7). */
export type Payload =
  | {
      kind: "bytes";
      data: Uint8Array;
      mimetype: string | null;
      charset: string | null;
      column_names?: string[];
    }
  | { kind: "file"; path: string; mimetype: string | null; charset: string | null; column_names?: string[] }
  | { kind: "table"; table: Table };

/** Named typed columns in Arrow's memory layout (SPEC.md section 8). */
export interface Table {
  rows: number;
  columns: Column[];
  /** Row labels; absent or null for 0 … n-1. */
  index?: Column[] | null;
}

/** What the values of a column are beyond its type. */
export type Logical = "decimal" | "time" | "duration";

export interface Column {
  name: string;
  type: ColumnType;
  data: Uint8Array;
  validity: Uint8Array | null;
  offsets: Uint8Array | null;
  timezone?: string | null;
  logical?: Logical | null;
  /** The categories of a `utf8` column, in order. */
  levels?: string[] | null;
  /** Whether the order of the levels has a meaning. */
  ordered?: boolean | null;
}

/** A sparse table of numbers, in compressed columns (SPEC.md section 8). */
export interface Matrix {
  rows: number;
  /** One per column. */
  names: string[];
  type: "float64" | "float32" | "int64";
  /** int32s: one per column and one more. */
  starts: Uint8Array;
  /** int32s from 0, rising within a column. */
  row_indices: Uint8Array;
  values: Uint8Array;
}

export interface WireError {
  code: WireErrorCode;
  message: string;
  traceback?: string | null;
  http_status?: number | null;
}

/** The closed list of SPEC.md section 9. */
export const wireErrorCodes = [
  "FRAME_TRUNCATED",
  "FRAME_TOO_LARGE",
  "VALUE_TRUNCATED",
  "VALUE_TRAILING",
  "VALUE_TYPE",
  "VALUE_RANGE",
  "VALUE_UTF8",
  "VALUE_DEPTH",
  "MESSAGE_INVALID",
  "METHOD_UNKNOWN",
  "PARAMS_INVALID",
  "NOT_LOADED",
  "CANCELLED",
  "HOOK_FILE_BROKEN",
  "HOOK_FAILED",
  "HOOK_RESULT_INVALID",
  "ARTIFACT_MISSING",
  "ARTIFACT_AMBIGUOUS",
  "ARTIFACT_UNREADABLE",
  "ARTIFACT_UNSUPPORTED",
  "PACKAGE_MISSING",
  "PREDICTOR_FAILED",
  "INPUT_EMPTY",
  "INPUT_UNREADABLE",
  "INPUT_UNSUPPORTED",
  "INPUT_INVALID",
  "INTERNAL",
] as const;
export type WireErrorCode = (typeof wireErrorCodes)[number];

/** A frame, value or message that breaks the protocol. The supervisor wraps it in its own error class. */
export class ProtocolError extends Error {
  constructor(
    readonly code: WireErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "ProtocolError";
  }
}

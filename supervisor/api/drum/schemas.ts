// The prediction routes as JSON schemas, for the OpenAPI document.

import { binary, message, statusWords } from "../http/schemas.js";

/** Has a flag that tells programs of data that violate typeSchema. */
export const schemaRefused = {
  description: statusWords[422],
  ...message,
  properties: { ...message.properties, is_schema_validation_error: { type: "boolean" } },
} as const;

const record = { type: "object", minProperties: 1 } as const;
const records = { type: "array", items: record, minItems: 1 } as const;
const split = {
  type: "object",
  properties: {
    columns: { type: "array", items: { type: "string" }, minItems: 1 },
    data: { type: "array", items: { type: "array", items: {} } },
  },
  required: ["columns", "data"],
} as const;

const below = (key: string, schema: object) => ({
  type: "object",
  properties: { [key]: schema },
  required: [key],
});

const rowsInJson = {
  description: "Rows in one of these forms; for JSON lines, see application/x-ndjson",
  anyOf: [
    { title: "records", ...records },
    { title: "split", ...split },
    { title: "dataframe_split", ...below("dataframe_split", split) },
    { title: "dataframe_records", ...below("dataframe_records", records) },
    { title: "instances", ...below("instances", records) },
    { title: "lists by column", type: "object", additionalProperties: { type: "array", items: {} } },
  ],
} as const;

const matrix = "%%MatrixMarket matrix coordinate real general\n1 2 2\n1 1 1\n1 2 2\n";

/** The media types that every model reads. A model with a read_input_data hook accepts any other too. */
export const samples = {
  content: {
    "text/csv": { schema: { type: "string" } },
    "text/plain": { schema: { type: "string", description: "CSV" } },
    "application/json": { schema: rowsInJson },
    "application/x-ndjson": { schema: { type: "string", description: "JSON lines: an object a line" } },
    "application/vnd.apache.parquet": { schema: { ...binary, description: "a Parquet file" } },
    "application/x-apache-arrow-stream": { schema: { ...binary, description: "an Arrow stream or file" } },
    "text/mtx": { schema: { type: "string", description: "Matrix Market", example: matrix } },
    "multipart/form-data": {
      schema: { type: "object", properties: { X: binary, "X.colnames": binary }, required: ["X"] },
    },
  },
} as const;

const form = samples.content["multipart/form-data"].schema;

/** The body of /transform/: the same, and the target of the rows. */
const arrowVersion = {
  type: "string",
  description: "a version of Arrow, such as 0.20, to get tables as Arrow streams",
  pattern: "^\\d+\\.\\d+(\\.\\w+)*$",
} as const;

export const samplesAndTarget = {
  content: {
    ...samples.content,
    "multipart/form-data": {
      schema: { ...form, properties: { ...form.properties, y: binary, arrow_version: arrowVersion } },
    },
  },
} as const;

const transformedForm = {
  type: "object",
  properties: {
    "X.format": { type: "string", enum: ["csv", "arrow", "sparse"] },
    "X.transformed": { ...binary, description: "CSV, an Arrow stream, or Matrix Market if it is sparse" },
    "X.colnames": { ...binary, description: "column names of a sparse matrix, one per line" },
    "y.format": { type: "string", enum: ["csv", "arrow"] },
    "y.transformed": { ...binary, description: "the target, unchanged" },
  },
  required: ["X.format", "X.transformed"],
} as const;

export const transformedAnswer = {
  description: "The transformed rows; CSV or Arrow if Accept asks for it",
  content: {
    "multipart/form-data": { schema: transformedForm },
    "text/csv": { schema: { type: "string" } },
    "application/vnd.apache.arrow.stream": { schema: binary },
  },
} as const;

export const unstructuredAnswerSchema = {
  description: "The result of the hook, in the media type that it chose",
  content: { "*/*": { schema: binary } },
} as const;

export const passedOnAnswer = {
  description: "The response of that server; its other statuses are forwarded too",
  content: { "*/*": { schema: binary } },
} as const;

const predictions = {
  type: "object",
  properties: {
    predictions: {
      type: "array",
      items: {
        anyOf: [
          { type: "number", nullable: true },
          { type: "string" },
          { type: "object", additionalProperties: { type: "number" } },
        ],
      },
    },
    extraModelOutput: {
      type: "object",
      properties: {
        columns: { type: "array", items: { type: "string" } },
        index: { type: "array", items: {} },
        data: { type: "array", items: { type: "array", items: {} } },
      },
    },
  },
  required: ["predictions"],
} as const;

export const predictionsAnswer = {
  description: "One item per row: a number, a string, or an object of class label to probability",
  content: {
    "application/json": { schema: predictions },
    "text/csv": { schema: { type: "string" } },
    "application/vnd.apache.arrow.stream": { schema: binary },
  },
} as const;

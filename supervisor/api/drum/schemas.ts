// The prediction routes as JSON schemas, for the OpenAPI document.

import { binary, message, statusWords } from "../http/schemas.js";

/** Has a flag that tells programs of data that violate typeSchema. */
export const schemaRefused = {
  description: statusWords[422],
  ...message,
  properties: { ...message.properties, is_schema_validation_error: { type: "boolean" } },
} as const;

/** The media types that every model reads. A model with a read_input_data hook accepts any other too. */
export const samples = {
  content: {
    "text/csv": { schema: { type: "string", example: "a,b\n1,2\n3,4\n" } },
    "text/plain": { schema: { type: "string" } },
    "text/mtx": { schema: { type: "string" } },
    "application/x-apache-arrow-stream": { schema: binary },
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

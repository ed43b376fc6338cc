// The prediction routes as JSON schemas, for the OpenAPI document.

import { binary, message, statusWords } from "../http/schemas.js";

/** Of data that typeSchema refuses there is a sign for programs. */
export const schemaRefused = {
  description: statusWords[422],
  ...message,
  properties: { ...message.properties, is_schema_validation_error: { type: "boolean" } },
} as const;

/** The media types that every model reads; one with a read_input_data hook takes any other too. */
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

/** What /transform/ takes: the same, and what belongs to the rows. */
export const samplesAndTarget = {
  content: {
    ...samples.content,
    "multipart/form-data": {
      schema: { ...form, properties: { ...form.properties, y: binary } },
    },
  },
} as const;

const transformedForm = {
  type: "object",
  properties: {
    "X.format": { type: "string", enum: ["csv", "sparse"] },
    "X.transformed": { ...binary, description: "CSV, or Matrix Market where the format is sparse" },
    "X.colnames": { ...binary, description: "names of a sparse matrix's columns, one a line" },
    "y.format": { type: "string", enum: ["csv"] },
    "y.transformed": { ...binary, description: "the target as it came" },
  },
  required: ["X.format", "X.transformed"],
} as const;

export const transformedAnswer = {
  description: "The rows as the model transforms them; CSV and Arrow where Accept asks for one of them",
  content: {
    "multipart/form-data": { schema: transformedForm },
    "text/csv": { schema: { type: "string" } },
    "application/vnd.apache.arrow.stream": { schema: binary },
  },
} as const;

export const unstructuredAnswerSchema = {
  description: "What the hook returned, in the type that it chose",
  content: { "*/*": { schema: binary } },
} as const;

export const passedOnAnswer = {
  description: "What that server answers; its other statuses are passed on too",
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
  description: "One item a row: a number, a text, or an object of class label to probability",
  content: {
    "application/json": { schema: predictions },
    "text/csv": { schema: { type: "string" } },
    "application/vnd.apache.arrow.stream": { schema: binary },
  },
} as const;

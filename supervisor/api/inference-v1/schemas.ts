// The V1 protocol as JSON schemas, for the OpenAPI document.

import type { FastifySchema } from "fastify";
import { refusals } from "../inference-v2/schemas.js";

const text = { type: "string" } as const;
const map = { type: "object", additionalProperties: true } as const;
const list = { type: "array", items: {} } as const;

export const predictSchema = {
  summary: "Predictions for instances",
  tags: ["inference"],
  body: {
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: {
            instances: { ...list, description: "rows as lists, or as objects with the names of columns" },
          },
          required: ["instances"],
          example: { instances: [[1, 2]] },
        },
      },
    },
  },
  response: {
    200: {
      description: "Predictions",
      content: {
        "application/json": { schema: { type: "object", properties: { predictions: list } } },
        "*/*": { schema: { description: "the form of an unstructured model's own answer" } },
      },
    },
    ...refusals(400, 404, 413, 415, 500, 503, 504),
  },
} as FastifySchema;

export const modelsSchema = {
  summary: "The names of all models, for clients of KServe, and the language models, for those of OpenAI",
  tags: ["inference"],
  response: {
    200: {
      description: "Models",
      type: "object",
      properties: {
        object: text,
        data: { type: "array", items: map },
        models: { type: "array", items: text },
      },
    },
    ...refusals(500, 503, 504),
  },
} as FastifySchema;

export const modelSchema = {
  summary: "One of them",
  tags: ["inference"],
  response: { 200: { description: "The model", ...map }, ...refusals(400, 404, 500, 503, 504) },
} as FastifySchema;

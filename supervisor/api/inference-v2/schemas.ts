// The messages of the Open Inference Protocol as JSON schemas, for the OpenAPI document.

import type { FastifySchema } from "fastify";
import { datatypes } from "../../formats/inference/datatypes.js";
import { binary } from "../http/schemas.js";

const text = { type: "string" } as const;
const map = { type: "object", additionalProperties: true } as const;
const error = { type: "object", properties: { error: text }, required: ["error"] } as const;

const shape = { type: "array", items: { type: "integer" } } as const;
const tensorHead = { name: text, shape, datatype: { type: "string", enum: datatypes } } as const;
const tensor = {
  type: "object",
  properties: {
    ...tensorHead,
    parameters: map,
    data: { type: "array", items: {}, description: "flat and row by row, or nested as the shape says" },
  },
  required: ["name", "shape", "datatype"],
} as const;
const described = {
  type: "array",
  items: { type: "object", properties: { ...tensorHead, parameters: map } },
} as const;

const inferRequest = {
  type: "object",
  properties: {
    id: text,
    parameters: map,
    inputs: { type: "array", items: tensor, minItems: 1 },
    outputs: {
      type: "array",
      items: { type: "object", properties: { name: text, parameters: map }, required: ["name"] },
    },
  },
  required: ["inputs"],
  example: { inputs: [{ name: "rows", shape: [1, 2], datatype: "FP64", data: [1, 2] }] },
} as const;

const inferBody = {
  content: {
    "application/json": { schema: inferRequest },
    "application/octet-stream": {
      schema: {
        ...binary,
        description:
          "the JSON, and tensors as bytes after it; the header Inference-Header-Content-Length tells the length of the JSON",
      },
    },
  },
} as const;

const inferAnswer = {
  description: "Tensors",
  content: {
    "application/json": {
      schema: {
        type: "object",
        properties: {
          model_name: text,
          model_version: text,
          id: text,
          outputs: { type: "array", items: tensor },
        },
        required: ["model_name", "outputs"],
      },
    },
    "application/octet-stream": { schema: binary },
  },
} as const;

const textRequest = {
  type: "object",
  properties: { text_input: text, parameters: map },
  required: ["text_input"],
  example: { text_input: "Hello" },
} as const;
const textBody = { content: { "application/json": { schema: { anyOf: [textRequest, inferRequest] } } } };

const seconds = {
  type: "object",
  properties: { count: { type: "integer" }, ns: { type: "integer" } },
} as const;

const words: Record<number, string> = {
  400: "The tensors or the text cannot be used, or the model is not ready",
  403: "Refused: the caller is on another machine, or a web page, and has no token",
  404: "There is no such model or version",
  413: "The body is larger than the limit",
  415: "The body has an unknown Content-Encoding",
  422: "The body is not JSON of the protocol",
  500: "The model failed",
  503: "Too many requests waiting, or shutting down",
  504: "The prediction took longer than the limit",
};

export function refusals(...statuses: number[]): object {
  return Object.fromEntries(statuses.map((status) => [status, { description: words[status], ...error }]));
}

const predicting = refusals(400, 404, 413, 415, 422, 500, 503, 504);

interface Operation {
  summary: string;
  body?: object;
  /** Of status 200. */
  answer: object;
  others?: object;
}

const readiness = {
  description: "Ready",
  type: "object",
  properties: { name: text, ready: { type: "boolean" } },
  required: ["ready"],
} as const;
const anyObject = (description: string) => ({ description, ...map });

const operations = {
  server: { summary: "The server and its extensions of the protocol", answer: anyObject("The server") },
  live: { summary: "Whether the server runs", answer: anyObject("It does") },
  ready: {
    summary: "Whether every model is ready",
    answer: readiness,
    others: { 400: { ...map, description: "Not every model is" } },
  },
  modelReady: {
    summary: "Whether the model is ready",
    answer: readiness,
    others: { 400: { ...map, description: "It is not" }, ...refusals(404) },
  },
  metadata: {
    summary: "What the model takes and answers",
    answer: {
      description: "The model",
      type: "object",
      properties: {
        name: text,
        versions: { type: "array", items: text },
        platform: text,
        inputs: described,
        outputs: described,
        parameters: map,
      },
    },
    others: refusals(400, 404),
  },
  infer: { summary: "Predictions as tensors", body: inferBody, answer: inferAnswer, others: predicting },
  generate: {
    summary: "A text for a text, or tensors as on /infer",
    body: textBody,
    answer: { description: "The text", content: { "application/json": { schema: map } } },
    others: predicting,
  },
  stream: {
    summary: "The same as events",
    body: textBody,
    answer: { description: "Events", content: { "text/event-stream": { schema: map } } },
    others: predicting,
  },
  configuration: {
    summary: "The model in the form of Triton's configuration",
    answer: anyObject("The configuration"),
    others: refusals(400, 404),
  },
  statistics: {
    summary: "Counts and times of requests since the model was loaded, in Triton's form",
    answer: {
      description: "One entry a model",
      type: "object",
      properties: {
        model_stats: {
          type: "array",
          items: {
            ...map,
            properties: {
              name: text,
              version: text,
              inference_stats: { type: "object", additionalProperties: seconds },
            },
          },
        },
      },
    },
    others: refusals(400, 404),
  },
  index: {
    summary: "All models and their states",
    body: {
      content: {
        "*/*": { schema: { type: "object", properties: { ready: { type: "boolean" } } } },
      },
    },
    answer: {
      description: "Models",
      type: "array",
      items: {
        type: "object",
        properties: {
          name: text,
          version: text,
          state: { type: "string", enum: ["READY", "LOADING", "UNLOADING", "UNAVAILABLE"] },
          reason: text,
        },
        required: ["name", "state"],
      },
    },
    others: refusals(422),
  },
  load: {
    summary: "Load a model of --model-dir, or load it again",
    answer: { description: "It serves", type: "null" },
    others: refusals(400, 403, 404, 409, 503),
  },
  unload: {
    summary: "Unload a model",
    answer: { description: "Its requests are answered, and its workers have ended", type: "null" },
    others: refusals(400, 403, 404, 503),
  },
} satisfies Record<string, Operation>;

export function schemaOf(name: keyof typeof operations): FastifySchema {
  const { summary, body, answer, others }: Operation = operations[name];
  return {
    summary,
    tags: ["inference"],
    ...(body && { body }),
    response: { 200: answer, ...others },
  } as FastifySchema;
}

// The OpenAPI document of a wrapper class, at /seldon.json.

import { version } from "../../places.js";

interface Described {
  summary: string;
  /** The schema of the message that it takes; none without one. */
  takes?: string;
  gives: string;
}

/** What is served, by method. */
const methods: Readonly<Record<string, Described>> = {
  predict: { summary: "Predicts with the class", takes: "Message", gives: "Message" },
  transform_input: {
    summary: "Transforms a message on its way to a model",
    takes: "Message",
    gives: "Message",
  },
  transform_output: { summary: "Transforms the answer of a model", takes: "Message", gives: "Message" },
  route: { summary: "Chooses the number of the child for a message", takes: "Message", gives: "Message" },
  aggregate: { summary: "Makes one message of several", takes: "Messages", gives: "Message" },
  send_feedback: { summary: "Tells the class how good an answer was", takes: "Feedback", gives: "Message" },
  health_status: { summary: "What the class says of its health", gives: "Message" },
  metadata: { summary: "What the class says of itself", gives: "Metadata" },
};

const text = { type: "string" };
const texts = { type: "array", items: text };
const members = { type: "object", additionalProperties: true };
const textByName = { type: "object", additionalProperties: text };

export const schemas = {
  Message: {
    type: "object",
    description: "Has one of data, jsonData, strData and binData.",
    properties: {
      data: ref("Data"),
      jsonData: { description: "Any JSON.", nullable: true },
      strData: text,
      binData: { type: "string", description: "Bytes in base64." },
      meta: ref("Meta"),
      status: ref("Status"),
    },
  },
  Data: {
    type: "object",
    description: "An array, in one of the forms ndarray, tensor and tftensor.",
    properties: {
      names: { ...texts, description: "Of the columns." },
      ndarray: { description: "Nested lists; the value itself for an array without dimensions." },
      tensor: {
        type: "object",
        properties: {
          shape: { type: "array", items: { type: "integer" } },
          values: { type: "array", items: {} },
        },
      },
      tftensor: { ...members, description: "A TensorProto of TensorFlow in the JSON of protobuf." },
    },
  },
  Meta: {
    type: "object",
    properties: {
      puid: text,
      tags: members,
      routing: { type: "object", additionalProperties: { type: "integer" } },
      requestPath: textByName,
      metrics: { type: "array", items: ref("Metric") },
    },
  },
  Metric: {
    type: "object",
    properties: {
      key: text,
      type: { type: "string", enum: ["COUNTER", "GAUGE", "TIMER"], default: "COUNTER" },
      value: { type: "number" },
      tags: textByName,
    },
  },
  Messages: {
    description: "A list of messages, or an object that has one.",
    oneOf: [
      { type: "array", items: ref("Message"), minItems: 1 },
      {
        type: "object",
        required: ["seldonMessages"],
        properties: { seldonMessages: { type: "array", items: ref("Message"), minItems: 1 } },
      },
    ],
  },
  Feedback: {
    type: "object",
    additionalProperties: false,
    properties: {
      request: ref("Message"),
      response: ref("Message"),
      reward: { type: "number" },
      truth: ref("Message"),
    },
  },
  Metadata: {
    type: "object",
    properties: {
      name: text,
      versions: texts,
      platform: text,
      inputs: { type: "array", items: members },
      outputs: { type: "array", items: members },
      custom: textByName,
    },
  },
  Status: {
    type: "object",
    properties: {
      code: { type: "integer" },
      info: { type: "string", description: "What happened." },
      reason: { type: "string", description: "A word for programs." },
      status: { description: "1, or a word." },
    },
  },
  Error: { type: "object", required: ["status"], properties: { status: ref("Status") } },
};

/** `paths` are those of each method; those of /api take POST alone if they take a message. */
export function documentOf(paths: Readonly<Record<string, readonly string[]>>): object {
  const entries = Object.entries(paths).flatMap(([method, urls]) =>
    urls.map((url) => [url, operationsOf(method, url)]),
  );
  const plain = (schema: object) => ({ description: "The answer.", content: { "text/html": { schema } } });
  return {
    openapi: "3.0.3",
    info: {
      title: "drumline",
      description: "A class with the methods of Seldon's wrapper, served over REST.",
      version: version(),
    },
    paths: {
      ...Object.fromEntries(entries),
      "/health/ping": {
        get: {
          summary: "Whether the server answers",
          responses: { 200: plain({ type: "string", enum: ["pong"] }) },
        },
      },
      "/seldon.json": {
        get: { summary: "This document", responses: { 200: answer("The document.", members) } },
      },
    },
    components: { schemas },
  };
}

function operationsOf(method: string, url: string): object {
  const { summary, takes, gives } = methods[method]!;
  const responses = {
    200: answer("The answer.", ref(gives)),
    default: answer("An error; the class may choose the status and the form.", ref("Error")),
  };
  if (!takes) return { get: { summary, responses } };
  const schema = ref(takes);
  const form = { schema: { type: "object", required: ["json"], properties: { json: text } } };
  const content = { "application/json": { schema }, "application/x-www-form-urlencoded": form };
  const post = { summary, requestBody: { required: true, content }, responses };
  if (url.startsWith("/api")) return { post };
  const json = { name: "json", in: "query", required: true, content: { "application/json": { schema } } };
  return { get: { summary, parameters: [json], responses }, post };
}

export function answer(description: string, schema: object) {
  return { description, content: { "application/json": { schema } } };
}

export function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

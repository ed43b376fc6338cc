// The chat routes as JSON schemas, for the OpenAPI document.

const jsonMap = { type: "object", additionalProperties: true } as const;

export const chatBody = {
  content: {
    "application/json": {
      schema: {
        ...jsonMap,
        description: "the body of OpenAI's chat completions; the hook gets all of it",
        example: { model: "any", messages: [{ role: "user", content: "Hello" }] },
      },
    },
  },
} as const;

/** Among several models, the body names the one. */
export const namedChatBody = {
  content: {
    "application/json": {
      schema: {
        ...jsonMap,
        description: "the body of OpenAI's chat completions; the hook of the named model gets all of it",
        required: ["model"],
        properties: { model: { type: "string", description: "a served model, or a language model of one" } },
        example: { model: "any", messages: [{ role: "user", content: "Hello" }] },
      },
    },
  },
} as const;

export const chatAnswer = {
  description: "A completion, or its chunks as events that end with [DONE]; the hook decides",
  content: {
    "application/json": { schema: jsonMap },
    "text/event-stream": { schema: { type: "string" } },
  },
} as const;

export const supportedModelsAnswer = {
  description: "Language models",
  type: "object",
  properties: {
    object: { type: "string" },
    data: { type: "array", items: jsonMap },
    models: { type: "array", items: jsonMap },
  },
} as const;

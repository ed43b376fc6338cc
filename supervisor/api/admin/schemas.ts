// The admin routes as JSON schemas, for the OpenAPI document.

export const swapRequest = {
  type: "object",
  properties: {
    model: { type: "string", description: "the model to swap, if the server has several" },
    code_dir: { type: "string", description: "the new code directory, on the server's machine" },
    runtimes: {
      type: "object",
      description: "interpreter or environment by language",
      additionalProperties: { type: "string" },
    },
    replay: { type: "integer", description: "the number of recent requests to send to both releases first" },
    max_diff: { type: "number", description: "the largest accepted difference of a prediction" },
  },
} as const;

export const swapAnswer = {
  description: "The new release serves",
  type: "object",
  properties: {
    model: { type: "string" },
    release: { type: "integer" },
    duration: { type: "number", description: "milliseconds until the new release was serving" },
    replayed: { type: "integer" },
    largestDifference: { type: "number" },
    unlike: {
      type: "integer",
      description: "replayed requests whose responses differ other than in numbers, e.g. in texts or errors",
    },
  },
} as const;

export const swapState = {
  description: "The step of each model's swap; null if no swap is running",
  type: "object",
  properties: {
    swaps: {
      type: "array",
      items: {
        type: "object",
        properties: {
          model: { type: "string" },
          release: { type: "integer" },
          step: { type: "string", nullable: true },
        },
      },
    },
  },
} as const;

// The admin routes as JSON schemas, for the OpenAPI document.

export const swapRequest = {
  type: "object",
  properties: {
    model: { type: "string", description: "which, where the server has several" },
    code_dir: { type: "string", description: "another code directory, on the server's machine" },
    runtimes: {
      type: "object",
      description: "language to interpreter or environment",
      additionalProperties: { type: "string" },
    },
    replay: { type: "integer", description: "so many of the last requests are sent to both releases first" },
    max_diff: { type: "number", description: "largest difference of a prediction that is accepted" },
  },
} as const;

export const swapAnswer = {
  description: "The new release answers",
  type: "object",
  properties: {
    model: { type: "string" },
    release: { type: "integer" },
    duration: { type: "number", description: "milliseconds until the new release answered" },
    replayed: { type: "integer" },
    largestDifference: { type: "number" },
    unlike: { type: "integer", description: "replayed requests that have no like answer" },
  },
} as const;

export const swapState = {
  description: "What is being done, null where nothing is",
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

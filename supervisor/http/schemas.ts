// The answers as JSON schemas, from which the OpenAPI document is generated.

const message = {
  type: "object",
  properties: { message: { type: "string" } },
  required: ["message"],
} as const;

const words: Record<number, string> = {
  400: "The request does not say what it must",
  403: "Not allowed from here, or without the token",
  404: "No such route, or no such model",
  405: "The route does not take this method",
  409: "It could not be done; what was there goes on",
  413: "The body is over the limit",
  422: "The body cannot be used: what was expected, what came",
  502: "The server behind cannot be asked",
  500: "The model failed, or its predictions do not fit the target type",
  503: "Not ready, too many requests waiting, or shutting down",
  504: "The prediction took longer than the limit",
  513: "The model could not be started (with --with-error-server)",
};

export function errorAnswers(...statuses: number[]) {
  return Object.fromEntries(statuses.map((status) => [status, { description: words[status], ...message }]));
}

export const messageAnswer = { description: "It is well", ...message };

/** Of data that typeSchema refuses there is a sign for programs. */
export const schemaRefused = {
  description: words[422],
  ...message,
  properties: { ...message.properties, is_schema_validation_error: { type: "boolean" } },
} as const;

const binary = { type: "string", format: "binary" } as const;

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

export const anyBody = { content: { "*/*": { schema: binary } } } as const;

export const unstructuredAnswerSchema = {
  description: "What the hook returned, in the type that it chose",
  content: { "*/*": { schema: binary } },
} as const;

export const passedOnAnswer = {
  description: "What that server answers; its other statuses are passed on too",
  content: { "*/*": { schema: binary } },
} as const;

const anyNumber = { type: "number", nullable: true } as const;

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

const runtimeInfo = {
  type: "object",
  properties: {
    interpreter: { type: "string" },
    version: { type: "string", nullable: true },
    environment: { type: "string", nullable: true },
    reason: { type: "string" },
    packages: { type: "object", additionalProperties: { type: "string" } },
  },
} as const;

export const infoAnswer = {
  description: "What runs here",
  type: "object",
  additionalProperties: true,
  properties: {
    model: { type: "string" },
    targetType: { type: "string" },
    codeDir: { type: "string" },
    language: { type: "string" },
    drumVersion: { type: "string" },
    drumServer: { type: "string" },
    modelMetadata: { type: "object", nullable: true, additionalProperties: true },
    runtimeParameters: {
      type: "array",
      description: "without their values; type is null where the variable cannot be read",
      items: {
        type: "object",
        properties: { name: { type: "string" }, type: { type: "string", nullable: true } },
      },
    },
    userSecrets: { type: "array", description: "their names", items: { type: "string" } },
    predictor: { type: "string", nullable: true },
    positiveClassLabel: { type: "string" },
    negativeClassLabel: { type: "string" },
    classLabels: { type: "array", items: { type: "string" } },
    hooks: { type: "array", items: { type: "string" } },
    release: { type: "integer", description: "counts up with every swap" },
    runtime: runtimeInfo,
    stages: {
      type: "array",
      description: "the way of the data, one item a request to a worker",
      items: {
        type: "object",
        properties: {
          stage: { type: "string" },
          language: { type: "string" },
          hooks: { type: "array", items: { type: "string" } },
          predictor: { type: "string", nullable: true },
          runtime: runtimeInfo,
        },
      },
    },
  },
} as const;

export const modelsAnswer = {
  description: "One item a model",
  type: "object",
  properties: {
    models: {
      type: "array",
      items: {
        type: "object",
        properties: {
          name: { type: "string" },
          state: { type: "string" },
          release: { type: "integer" },
          targetType: { type: "string" },
          codeDir: { type: "string" },
          languages: { type: "array", items: { type: "string" } },
          message: { type: "string", description: "why it is not served" },
          url: { type: "string" },
        },
      },
    },
  },
} as const;

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

const processInfo = {
  type: "object",
  properties: {
    pid: { type: "integer" },
    cmdline: { type: "array", items: { type: "string" } },
    mem: { type: "number", description: "resident memory, MB" },
    cpu_percent: { type: "number", description: "since the last call" },
  },
} as const;

const workerInfo = {
  type: "object",
  properties: {
    name: { type: "string" },
    pid: { type: "integer", nullable: true },
    model: { type: "string" },
    language: { type: "string" },
    release: { type: "integer" },
    state: { type: "string" },
    requests: { type: "integer", description: "answered" },
    restarts: { type: "integer" },
    queue: { type: "integer", description: "requests with the worker now" },
    processes: { type: "integer", description: "the worker and its descendants" },
    rss: { ...anyNumber, description: "MB, all processes of the worker" },
    pss: { ...anyNumber, description: "MB, shared pages split among their users" },
    cpu_percent: { ...anyNumber, description: "since the last call" },
    uptime: { ...anyNumber, description: "seconds" },
  },
} as const;

export const statsAnswer = {
  description: "Memory and CPU of the supervisor and its workers (MB = 1024 * 1024 bytes)",
  type: "object",
  properties: {
    mem_info: {
      type: "object",
      properties: Object.fromEntries(
        [
          "total",
          "avail",
          "free",
          "drum_rss",
          "nginx_rss",
          "container_limit",
          "container_max_used",
          "container_used",
        ].map((name) => [name, anyNumber]),
      ),
    },
    drum_info: { type: "array", items: processInfo },
    time_info: {
      type: "object",
      properties: {
        run_predictor_total: {
          type: "object",
          description: "seconds a prediction took, since the last call; null without --show-perf",
          properties: { min: anyNumber, max: anyNumber, avg: anyNumber, total: anyNumber },
        },
      },
    },
    workers: { type: "array", items: workerInfo },
    queue: { type: "integer", description: "requests that wait for a worker" },
  },
} as const;

export const capabilitiesAnswer = {
  description: "What the model can be sent",
  type: "object",
  properties: {
    supported_payload_formats: { type: "object", additionalProperties: { type: "string", nullable: true } },
    supported_methods: { type: "object", additionalProperties: { type: "boolean" } },
  },
} as const;

/** Of a body that is not the JSON it should be, in DRUM's form; a hook's own refusal has a message. */
export const jsonRefused = {
  description: "The body is not a JSON object, or the hook refuses it",
  type: "object",
  properties: { error: { type: "string" }, message: { type: "string" } },
} as const;

const jsonMap = { type: "object", additionalProperties: true } as const;

export const chatBody = {
  content: {
    "application/json": {
      schema: {
        ...jsonMap,
        description: "what OpenAI's chat completions take; the hook gets all of it",
        example: { model: "any", messages: [{ role: "user", content: "Hello" }] },
      },
    },
  },
} as const;

export const chatAnswer = {
  description: "A completion, or its chunks as events, the last of them [DONE]: the hook decides",
  content: {
    "application/json": { schema: jsonMap },
    "text/event-stream": { schema: { type: "string" } },
  },
} as const;

export const supportedModelsAnswer = {
  description: "Language models",
  type: "object",
  properties: { object: { type: "string" }, data: { type: "array", items: jsonMap } },
} as const;

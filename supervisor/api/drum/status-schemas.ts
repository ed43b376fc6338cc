// The status routes as JSON schemas, for the OpenAPI document.

const anyNumber = { type: "number", nullable: true } as const;

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
  description: "The model and its runtime",
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
      description: "without their values; type is null if the variable cannot be read",
      items: {
        type: "object",
        properties: { name: { type: "string" }, type: { type: "string", nullable: true } },
      },
    },
    userSecrets: { type: "array", description: "their names", items: { type: "string" } },
    predictor: {
      type: "string",
      nullable: true,
      description: "the built-in predictor, or the hook that scores; null while the model loads",
    },
    signature: {
      type: "object",
      nullable: true,
      description: "the columns that the model takes; null if it does not know them",
      properties: {
        by: { type: "string", description: "name or position" },
        columns: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: { type: "string" },
              type: { type: "string", nullable: true },
              levels: { type: "array", nullable: true, items: { type: "string" } },
            },
          },
        },
      },
    },
    positiveClassLabel: { type: "string" },
    negativeClassLabel: { type: "string" },
    classLabels: { type: "array", items: { type: "string" } },
    hooks: { type: "array", items: { type: "string" } },
    release: { type: "integer", description: "increases with every swap" },
    runtime: runtimeInfo,
    stages: {
      type: "array",
      description: "the path of the data, one item per request to a worker",
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

export const healthAnswer = {
  description: "A worker can answer",
  type: "object",
  properties: {
    message: { type: "string" },
    missing: { type: "array", items: { type: "string" }, description: "workers that cannot answer now" },
  },
  required: ["message"],
} as const;

export const modelsAnswer = {
  description: "One item per model",
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
    reason: {
      type: "string",
      nullable: true,
      description: "why it could not be started, where it could not",
    },
    requests: { type: "integer", description: "answered" },
    restarts: { type: "integer" },
    queue: { type: "integer", description: "requests that the worker is processing" },
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
          description: "seconds per prediction since the last call; null without any",
          properties: { min: anyNumber, max: anyNumber, avg: anyNumber, total: anyNumber },
        },
      },
    },
    workers: { type: "array", items: workerInfo },
    queue: { type: "integer", description: "requests that wait for a worker" },
  },
} as const;

export const capabilitiesAnswer = {
  description: "The inputs that the model accepts",
  type: "object",
  properties: {
    supported_payload_formats: { type: "object", additionalProperties: { type: "string", nullable: true } },
    supported_methods: { type: "object", additionalProperties: { type: "boolean" } },
  },
} as const;

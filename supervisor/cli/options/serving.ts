// Options of drum server, drum swap and drum microservice.

import { usualSettings } from "../../serving/release/settings.js";
import { inGroup } from "./option.js";

export const serverOptions = inGroup("Serving", {
  address: {
    name: "address",
    kind: "address",
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    required: true,
    help: "where to listen; the host is 127.0.0.1 and the port 8080 by default",
  },
  grpcAddress: {
    name: "grpc-address",
    kind: "address",
    variable: "DRUM_GRPC_ADDRESS",
    placeholder: "HOST[:PORT]",
    usualPort: 8001,
    help: "where to serve the Open Inference Protocol over gRPC; the host is 127.0.0.1 and the port 8001 by default",
  },
  queueSize: {
    name: "queue-size",
    kind: "count",
    variable: "DRUM_QUEUE_SIZE",
    placeholder: "N",
    fallback: usualSettings.queueSize,
    help: "the number of requests that may wait for a worker; further ones get 503",
  },
  maxBodySize: {
    name: "max-body-size",
    kind: "bytes",
    variable: "DRUM_MAX_BODY_SIZE",
    placeholder: "SIZE",
    fallback: `${usualSettings.maxBodySize / 2 ** 20}MB`,
    help: "the largest request body, or message over gRPC, for example 64MB; larger ones get 413, or RESOURCE_EXHAUSTED",
  },
  maxBodyMemory: {
    name: "max-body-memory",
    kind: "bytes",
    variable: "DRUM_MAX_BODY_MEMORY",
    placeholder: "SIZE",
    fallback: "256MB",
    help: "the memory of all request bodies under way; others wait with their senders for 30 s, then get 503",
  },
  noRetry: {
    name: "no-retry",
    kind: "flag",
    variable: "DRUM_NO_RETRY",
    help: "do not retry a prediction whose worker died",
  },
  withErrorServer: {
    name: "with-error-server",
    kind: "flag",
    variable: "WITH_ERROR_SERVER",
    help: "if the model does not load, keep serving and respond with 513 and the reason",
  },
  repositoryControl: {
    name: "repository-control",
    kind: "flag",
    variable: "DRUM_REPOSITORY_CONTROL",
    help: "with --model-dir: let every client load and unload models under /v2/repository; without it, only those on the loopback may, and callers with the token",
  },
  deploymentConfigFile: {
    name: "deployment-config",
    kind: "file",
    variable: "DEPLOYMENT_CONFIG",
    placeholder: "FILE",
    help: "a JSON file with the target's name, class_mapping and prediction_threshold; responses then list predictions row by row, as DataRobot's prediction server does",
  },
});

export const swapOptions = inGroup("Serving", {
  address: {
    name: "address",
    kind: "address",
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    required: true,
    help: "where the server listens; its token is read from the variable DRUM_TOKEN, or from the file of a server of this user",
  },
  codeDirectory: {
    name: "code-dir",
    kind: "path",
    once: true,
    placeholder: "DIR",
    help: "the new code directory, a path on the server's machine (default: the current one)",
  },
  runtimeTexts: {
    name: "runtime",
    kind: "texts",
    placeholder: "LANGUAGE=PATH|NAME",
    help: "the new interpreter or environment for a language (default: the current one)",
  },
  model: {
    name: "model",
    kind: "text",
    placeholder: "NAME",
    help: "the model to swap, if the server has several",
  },
  replay: {
    name: "replay",
    kind: "count",
    placeholder: "N",
    help: "before the switch, replay the last N requests on both releases and report how much their predictions differ",
  },
  maxDifference: {
    name: "max-diff",
    kind: "number",
    needs: "replay",
    placeholder: "X",
    help: "with --replay: do not switch if two predictions differ by more",
  },
});

/** Those of Seldon's wrapper, under its names. */
export const wrapperOptions = {
  ...inGroup("Model", {
    parameters: {
      name: "parameters",
      kind: "text",
      variable: "PREDICTIVE_UNIT_PARAMETERS",
      placeholder: "JSON",
      fallback: "[]",
      help: "arguments of the class: a list of {name, value, type}, the type one of INT, FLOAT, DOUBLE, STRING and BOOL",
    },
    serviceType: {
      name: "service-type",
      kind: "text",
      placeholder: "TYPE",
      choices: ["MODEL", "ROUTER", "TRANSFORMER", "COMBINER", "OUTLIER_DETECTOR"],
      fallback: "MODEL",
      help: "the role of the class; every route is served whatever it is",
    },
  }),
  ...inGroup("Running", {
    workers: {
      name: "workers",
      kind: "count",
      variable: "GUNICORN_WORKERS",
      placeholder: "N",
      fallback: 1,
      help: "the number of worker processes, each with an instance of the class",
    },
    threads: {
      name: "threads",
      kind: "count",
      variable: "GUNICORN_THREADS",
      placeholder: "N",
      fallback: 1,
      help: "how many requests a Python or Java worker runs at the same time",
    },
  }),
  ...inGroup("Serving", {
    address: {
      name: "address",
      kind: "text",
      placeholder: "HOST[:PORT]",
      fallback: "127.0.0.1",
      help: "where to listen; a port in it counts before --http-port",
    },
    httpPort: {
      name: "http-port",
      kind: "port",
      variable: "PREDICTIVE_UNIT_HTTP_SERVICE_PORT",
      placeholder: "PORT",
      fallback: 9000,
      help: "the port of the messages",
    },
    grpcPort: {
      name: "grpc-port",
      kind: "port",
      variable: "PREDICTIVE_UNIT_GRPC_SERVICE_PORT",
      placeholder: "PORT",
      fallback: 5000,
      help: "the port of the messages over gRPC",
    },
    grpcWorkers: {
      name: "grpc-workers",
      kind: "number",
      variable: "GRPC_WORKERS",
      placeholder: "N",
      fallback: 1,
      help: "0 serves no gRPC; other numbers have no effect, since its calls go to the same workers",
    },
    metricsPort: {
      name: "metrics-port",
      kind: "port",
      variable: "PREDICTIVE_UNIT_METRICS_SERVICE_PORT",
      placeholder: "PORT",
      fallback: 6000,
      help: "the port of what the class measures, for Prometheus",
    },
  }),
  ...inGroup("Other", {
    logLevel: {
      name: "log-level",
      kind: "text",
      placeholder: "LEVEL",
      choices: ["DEBUG", "INFO", "WARNING", "ERROR"],
      fallback: "INFO",
      help: "the lowest level of messages to log; the variable SELDON_LOG_LEVEL counts before it",
    },
    accessLog: {
      name: "access-log",
      kind: "flag",
      variable: "GUNICORN_ACCESS_LOG",
      help: "log every response, at the level INFO",
    },
  }),
};

export const graphOptions = inGroup("Model", {
  file: {
    name: "file",
    kind: "file",
    required: true,
    placeholder: "FILE",
    help: "a SeldonDeployment of Seldon or an InferenceGraph of KServe, as YAML or JSON",
  },
  components: {
    name: "components",
    kind: "directory",
    placeholder: "DIR",
    help: "the folder with one folder a node: a wrapper class in Node.py (or .R, .jl, .java), or a code directory",
  },
});

export const graphServingOptions = inGroup("Serving", {
  address: {
    name: "address",
    kind: "address",
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    rival: "port",
    help: "where to listen; the host is 127.0.0.1 and the port 8080 by default",
  },
  port: {
    name: "port",
    kind: "port",
    placeholder: "PORT",
    help: "the port alone, on the loopback",
  },
  grpcPort: {
    name: "grpc-port",
    kind: "port",
    placeholder: "PORT",
    help: "serve a SeldonDeployment over gRPC too, on this port",
  },
  stateFolder: {
    name: "state-dir",
    kind: "path",
    variable: "DRUM_STATE_DIR",
    placeholder: "DIR",
    help: "the folder of what routers learn, and of the answers of a shadow; they survive an end at any moment",
  },
});

export const migrateOptions = inGroup("Model", {
  components: {
    name: "components",
    kind: "text",
    placeholder: "DIR",
    fallback: "nodes",
    help: "the folder that will have one folder a node",
  },
});

// Options of drum server and drum swap.

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
    help: "the largest request body, for example 64MB; larger ones get 413",
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

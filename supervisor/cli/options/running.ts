// Options for how workers run, and for what a command logs and prints.

import { usualSettings } from "../../serving/release/settings.js";
import { inGroup } from "./option.js";

const seconds = (milliseconds: number) => milliseconds / 1000;

/** DRUM's names of the log levels. */
const loggingLevels = ["debug", "info", "warn", "warning", "error", "critical", "fatal", "all"] as const;

/** The interpreter of each language, and how long a worker may take to start. */
export const runtimeOptions = inGroup("Running", {
  runtimeTexts: {
    name: "runtime",
    kind: "texts",
    variable: "DRUM_RUNTIME",
    placeholder: "LANGUAGE=PATH|NAME",
    help: "the interpreter or installed environment for a language, for example python=/usr/bin/python3; repeat it for each language",
  },
  installDeps: {
    name: "install-deps",
    kind: "flag",
    variable: "DRUM_INSTALL_DEPS",
    help: "Python: install the code directory's requirements.txt into an environment of its own and use it",
  },
  startTimeout: {
    name: "start-timeout",
    kind: "seconds",
    variable: "DRUM_START_TIMEOUT",
    placeholder: "SECONDS",
    fallback: seconds(usualSettings.startTimeout),
    help: "stop a worker that has not loaded its model within this time",
  },
});

export const { maxWorkers, workerThreads, production, requestTimeout, requestLimit, showPerf } = inGroup(
  "Running",
  {
    maxWorkers: {
      name: "max-workers",
      kind: "count",
      variable: "MAX_WORKERS",
      placeholder: "N",
      fallback: usualSettings.maxWorkers,
      help: "the number of worker processes, each with the model loaded",
    },
    workerThreads: {
      name: "worker-threads",
      kind: "count",
      variable: "DRUM_WORKER_THREADS",
      placeholder: "N",
      fallback: usualSettings.workerThreads,
      help: "how many chat and score_unstructured requests a Python or Java worker runs at the same time",
    },
    production: {
      name: "production",
      kind: "flag",
      variable: "PRODUCTION",
      help: "start one worker per processor, at most 4, unless --max-workers is given",
    },
    requestLimit: {
      name: "request-timeout",
      kind: "seconds",
      variable: "DRUM_REQUEST_TIMEOUT",
      placeholder: "SECONDS",
      fallback: 600,
      help: "respond with 504 after this time and restart the worker",
    },
    requestTimeout: {
      name: "request-timeout",
      kind: "seconds",
      variable: "DRUM_REQUEST_TIMEOUT",
      placeholder: "SECONDS",
      help: "stop a prediction that takes longer (default: no limit)",
    },
    showPerf: {
      name: "show-perf",
      kind: "flag",
      help: "report how long predictions take; /stats/ of a server always does",
    },
  },
);

export const logOptions = inGroup("Other", {
  level: {
    name: "logging-level",
    kind: "text",
    placeholder: "LEVEL",
    choices: loggingLevels,
    fallback: "warning",
    help: "the lowest level of messages to log",
  },
  verbose: { name: "verbose", kind: "flag", help: "print each step and its reason on stderr" },
  showStacktrace: {
    name: "show-stacktrace",
    kind: "flag",
    variable: "SHOW_STACKTRACE",
    help: "print drum's own stack trace with an error",
  },
});

export const printOptions = inGroup("Other", {
  printConfig: {
    name: "print-config",
    kind: "flag",
    help: "print every setting and its source, then exit",
  },
  json: { name: "json", kind: "flag", needs: "print-config", help: "with --print-config: print JSON" },
});

export const { json } = inGroup("Other", {
  json: { name: "json", kind: "flag", help: "print JSON" },
});

// drum graph.

import { defineCommand } from "../config/command.js";
import { parseLevel, parseRuntimes } from "../config/parse.js";
import { workerConfig } from "../config/parts.js";
import {
  logOptions,
  maxWorkers,
  printOptions,
  requestLimit,
  runtimeOptions,
  workerThreads,
} from "../options/running.js";
import { graphOptions, serverOptions } from "../options/serving.js";
import type { GraphConfig } from "../runs/graph.js";

const { address, queueSize, maxBodySize, maxBodyMemory, noRetry } = serverOptions;
const { installDeps: _, ...runtimes } = runtimeOptions;

export const graph = defineCommand({
  name: "graph",
  summary: "serve a SeldonDeployment or an InferenceGraph",
  examples: ["graph --file deployment.yaml --components nodes --address localhost:8080"],
  options: {
    ...graphOptions,
    address,
    ...runtimes,
    maxWorkers,
    workerThreads,
    requestTimeout: requestLimit,
    queueSize,
    maxBodySize,
    maxBodyMemory,
    noRetry,
    ...logOptions,
    ...printOptions,
  },
  variables: ["SELDON_ENABLE_ROUTING_INJECTION", "PROPAGATE_HEADERS"],
  configure(values, { variables, places }): GraphConfig {
    return {
      file: values.file,
      components: values.components,
      address: values.address,
      loggingLevel: parseLevel(values.level, values.verbose),
      runtimes: parseRuntimes(values.runtimeTexts ?? []),
      maxBodyMemory: values.maxBodyMemory,
      workers: workerConfig(values, values),
      variables,
      places,
    };
  },
  run: async (config) => (await import("../runs/graph-kinds.js")).serveGraph(config),
});

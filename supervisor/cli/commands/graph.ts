// drum graph.

import { defineCommand } from "../config/command.js";
import { checkPorts, parseLevel, parseRuntimes } from "../config/parse.js";
import { workerConfig } from "../config/parts.js";
import {
  logOptions,
  maxWorkers,
  printOptions,
  requestLimit,
  runtimeOptions,
  workerThreads,
} from "../options/running.js";
import { graphOptions, graphServingOptions, serverOptions } from "../options/serving.js";
import type { GraphConfig } from "../runs/graph.js";

const { queueSize, maxBodySize, maxBodyMemory, noRetry } = serverOptions;
const { installDeps: _, ...runtimes } = runtimeOptions;

export const graph = defineCommand({
  name: "graph",
  summary: "serve a SeldonDeployment or an InferenceGraph",
  examples: ["graph --file deployment.yaml --components nodes --address localhost:8080"],
  options: {
    ...graphOptions,
    ...graphServingOptions,
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
  variables: [
    "SELDON_ENABLE_ROUTING_INJECTION",
    "EXECUTOR_FULL_HEALTH_CHECKS",
    "CORS_ALLOWED_ORIGINS",
    "CORS_ALLOWED_HEADERS",
    "PROPAGATE_HEADERS",
  ],
  configure(values, { variables, places }): GraphConfig {
    const address = values.address ?? { host: "127.0.0.1", port: values.port ?? 8080 };
    checkPorts({ [values.port ? "--port" : "--address"]: address.port, "--grpc-port": values.grpcPort });
    return {
      file: values.file,
      components: values.components,
      address,
      loggingLevel: parseLevel(values.level, values.verbose),
      runtimes: parseRuntimes(values.runtimeTexts ?? []),
      maxBodyMemory: values.maxBodyMemory,
      stateFolder: values.stateFolder,
      grpcAddress: values.grpcPort === undefined ? undefined : { ...address, port: values.grpcPort },
      workers: workerConfig(values, values),
      variables,
      places,
    };
  },
  run: async (config) => (await import("../runs/graph-kinds.js")).serveGraph(config),
});

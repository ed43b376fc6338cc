// drum microservice.

import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { checkPorts, parseAddress, parseRuntimes } from "../config/parse.js";
import { workerConfig } from "../config/parts.js";
import { parseParameters } from "../config/wrapper.js";
import { unusedWrapperOptions } from "../options/foreign.js";
import { language } from "../options/model.js";
import { printOptions, requestLimit, runtimeOptions } from "../options/running.js";
import { serverOptions, wrapperOptions } from "../options/serving.js";
import type { WrapperConfig } from "../runs/microservice.js";

const { queueSize, maxBodySize, maxBodyMemory, noRetry } = serverOptions;

export const microservice = defineCommand({
  name: "microservice",
  summary: "serve a class written for Seldon's wrapper",
  examples: ["microservice Model", "microservice package.module.Model --address 0.0.0.0:9000 --workers 2"],
  words: { placeholder: "<class>" },
  options: {
    ...wrapperOptions,
    language,
    ...runtimeOptions,
    requestTimeout: requestLimit,
    queueSize,
    maxBodySize,
    maxBodyMemory,
    noRetry,
    ...printOptions,
    ...unusedWrapperOptions,
  },
  variables: [
    "SELDON_LOG_LEVEL",
    "PREDICTIVE_UNIT_ID",
    "PREDICTIVE_UNIT_IMAGE",
    "PREDICTIVE_UNIT_METRICS_ENDPOINT",
    "PREDICTOR_ID",
    "PREDICTOR_LABELS",
    "SELDON_DEPLOYMENT_ID",
    "MODEL_METADATA",
    "INCLUDE_METRICS_IN_CLIENT_RESPONSE",
    "SELDON_EXECUTOR_ENABLED",
    "PAYLOAD_PASSTHROUGH",
  ],
  configure(values, { variables, places }): WrapperConfig {
    const { host, port } = parseAddress(values.address);
    const hasPort = /:\d+$|^\d+$/.test(values.address);
    const ports = {
      http: hasPort ? port : values.httpPort,
      grpc: values.grpcPort,
      metrics: values.metricsPort,
    };
    checkPorts({
      [hasPort ? "--address" : "--http-port"]: ports.http,
      "--grpc-port": values.grpcWorkers > 0 ? ports.grpc : undefined,
      "--metrics-port": ports.metrics,
    });
    return {
      parameters: parseParameters(values.parameters),
      address: { host, port: ports.http },
      metricsAddress: { host, port: ports.metrics },
      grpcAddress: values.grpcWorkers > 0 ? { host, port: ports.grpc } : undefined,
      loggingLevel: levelOf(variables.SELDON_LOG_LEVEL?.toUpperCase() || values.logLevel),
      logsResponses: values.accessLog,
      language: values.language,
      runtimes: parseRuntimes(values.runtimeTexts ?? []),
      installDeps: values.installDeps,
      maxBodyMemory: values.maxBodyMemory,
      workers: workerConfig(values, { maxWorkers: values.workers, workerThreads: values.threads }),
      variables,
      places,
    };
  },
  run: async (config, { words }) => (await import("../runs/microservice.js")).microservice(words[0]!, config),
});

const levels: Readonly<Record<string, string>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
};

/** The option has been checked, the variable has not. */
function levelOf(word: string): string {
  const level = levels[word];
  if (level !== undefined) return level;
  throw usage(
    `the variable SELDON_LOG_LEVEL must be one of ${Object.keys(levels).join(", ")}, got "${word}"`,
  );
}

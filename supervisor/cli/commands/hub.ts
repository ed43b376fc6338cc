// drum hub.

import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { parseLevel, parsePrefix } from "../config/parse.js";
import { modelConfig, workerConfig } from "../config/parts.js";
import { modelDirectory, modelOptions } from "../options/model.js";
import { hubOptions } from "../options/monitoring.js";
import {
  logOptions,
  maxWorkers,
  printOptions,
  requestLimit,
  runtimeOptions,
  workerThreads,
} from "../options/running.js";
import { serverOptions } from "../options/serving.js";
import type { HubConfig } from "../runs/hub.js";

const { dataDirectory, importFile, requiresServer, maxBatchSize, fileQuota, maxUpload } = hubOptions;
const { rateLimit, predictionRateLimit } = hubOptions;
const { address, queueSize, maxBodySize, maxBodyMemory, noRetry } = serverOptions;
const { secretsMountPath, secretsPrefix } = modelOptions;

export const hub = defineCommand({
  name: "hub",
  summary: "manage deployments: an API for DataRobot's clients, and predictions of every deployment",
  examples: [
    "hub --data-dir data --address localhost:8080",
    "hub --data-dir data --address localhost:8080 --import models.yaml",
  ],
  options: {
    dataDirectory,
    address,
    importFile,
    modelDirectory,
    requiresServer,
    fileQuota,
    maxUpload,
    rateLimit,
    predictionRateLimit,
    secretsMountPath,
    secretsPrefix,
    ...runtimeOptions,
    maxWorkers,
    workerThreads,
    requestTimeout: requestLimit,
    queueSize,
    maxBodySize,
    maxBodyMemory,
    maxBatchSize,
    noRetry,
    ...logOptions,
    ...printOptions,
  },
  variables: ["URL_PREFIX", "DRUM_TOKEN"],
  configure(values, surroundings): HubConfig {
    const { variables } = surroundings;
    return {
      dataDirectory: values.dataDirectory,
      address: values.address,
      urlPrefix: parsePrefix(variables.URL_PREFIX),
      token: variables.DRUM_TOKEN || undefined,
      importFile: values.importFile,
      modelDirectory: values.modelDirectory,
      requiresServer: values.requiresServer,
      storage: { quota: values.fileQuota, maxUpload: values.maxUpload },
      rateLimit: whole("rate-limit", values.rateLimit),
      predictionRateLimit: whole("prediction-rate-limit", values.predictionRateLimit),
      maxBodyMemory: values.maxBodyMemory,
      maxBatchSize: values.maxBatchSize,
      loggingLevel: parseLevel(values.level, values.verbose),
      models: {
        ...modelConfig({ ...values, ...noModel }, surroundings),
        isServed: true,
        isOneOfSeveral: true,
        refusesUnusedRuntimes: false,
        workers: workerConfig(values, values),
      },
    };
  },
  run: async (config) => (await import("../runs/hub.js")).hub(config),
});

/** A model's target and parameters are its own, not of the command line. */
const noModel = {
  targetType: undefined,
  positiveClassLabel: undefined,
  negativeClassLabel: undefined,
  classLabels: undefined,
  classLabelsFile: undefined,
  runtimeParametersFile: undefined,
  lazyLoadingFile: undefined,
  language: undefined,
};

/** Throws USAGE. */
function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw usage(`--${name} must be a whole number of 0 or more, got ${value}`);
}

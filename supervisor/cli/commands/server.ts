// drum server.

import { availableParallelism } from "node:os";
import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { isFlag } from "../config/given.js";
import { withServerSettings } from "../config/mlserver.js";
import { parseOpenAiServer, parsePrefix } from "../config/parse.js";
import {
  checkLazyLoading,
  checkModelName,
  chooseCodeDirectories,
  containerConfig,
  logConfig,
  modelConfig,
  monitoringConfig,
  workerConfig,
} from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { checkGpuPredictors, gpuOptions } from "../options/foreign.js";
import { codeDirectories, modelDirectory, modelName, modelOptions } from "../options/model.js";
import { monitoringOptions } from "../options/monitoring.js";
import type { Address } from "../options/option.js";
import {
  logOptions,
  maxWorkers,
  printOptions,
  production,
  requestLimit,
  runtimeOptions,
  showPerf,
  workerThreads,
} from "../options/running.js";
import { serverOptions } from "../options/serving.js";
import type { DrumServerConfig } from "../runs/drum-server.js";

/** Each worker holds the model, so that more of them rarely pay. */
const mostProductionWorkers = 4;

function productionWorkers(): number {
  return Math.min(availableParallelism(), mostProductionWorkers);
}

export const server = defineCommand({
  name: "server",
  summary: "serve models over HTTP",
  examples: [
    "server --code-dir model --target-type regression --address localhost:8080 --max-workers 2",
    "server --model-dir models --address localhost:8080",
  ],
  options: {
    codeDirectories,
    modelDirectory,
    modelName,
    ...modelOptions,
    ...runtimeOptions,
    maxWorkers,
    workerThreads,
    requestTimeout: requestLimit,
    production,
    showPerf,
    ...serverOptions,
    ...monitoringOptions,
    ...containerOptions,
    ...logOptions,
    ...printOptions,
    ...gpuOptions,
  },
  variables: ["URL_PREFIX", "DRUM_TOKEN"],
  complete: withServerSettings,
  configure(values, surroundings): DrumServerConfig {
    const { variables, given } = surroundings;
    checkGpuPredictors(values, isFlag(given));
    const codeDirectories = chooseCodeDirectories(
      values.codeDirectories ?? [],
      values.modelDirectory,
      surroundings.places,
    );
    checkModelName(values.modelName, codeDirectories);
    checkAddresses(values.address, values.grpcAddress);
    const namesModels = codeDirectories.length > 1 || values.modelDirectory !== undefined;
    checkLazyLoading(values.lazyLoadingFile, codeDirectories, values.modelDirectory !== undefined);
    return {
      ...modelConfig(values, surroundings),
      ...logConfig(values),
      ...containerConfig(values),
      codeDirectories,
      ...(values.modelName !== undefined && { name: values.modelName }),
      namesModels,
      isOneOfSeveral: namesModels,
      refusesUnusedRuntimes: !namesModels && isFlag(given)("runtime"),
      isServed: true,
      address: values.address,
      grpcAddress: values.grpcAddress,
      urlPrefix: parsePrefix(variables.URL_PREFIX),
      token: variables.DRUM_TOKEN || undefined,
      openAiServer: parseOpenAiServer(variables.OPENAI_HOST, variables.OPENAI_PORT),
      maxBodyMemory: values.maxBodyMemory,
      withErrorServer: values.withErrorServer,
      modelDirectory: values.modelDirectory,
      repositoryControl: values.repositoryControl,
      deploymentConfigFile: values.deploymentConfigFile,
      monitoring: monitoringConfig(values),
      workers: workerConfig(values, {
        maxWorkers: values.production && !given.has("max-workers") ? productionWorkers() : values.maxWorkers,
        workerThreads: values.workerThreads,
      }),
    };
  },
  run: (config, call) =>
    prepared(config, call, async () => (await import("../runs/drum-server.js")).drumServer(config)),
});

function checkAddresses(http: Address, grpc: Address | undefined): void {
  if (!grpc || grpc.port === 0 || grpc.port !== http.port || grpc.host !== http.host) return;
  throw usage(`--address and --grpc-address are both ${http.host}:${http.port}; give gRPC a port of its own`);
}

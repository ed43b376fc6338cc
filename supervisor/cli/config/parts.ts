// Parts that the configurations of several commands share.

import { readFileSync } from "node:fs";
import { usage } from "../../errors.js";
import { modelFolders } from "../../model/mlserver/repository.js";
import type { ModelWishes } from "../../model/model.js";
import type { Places, Variables } from "../../places.js";
import type { MonitoringWishes } from "../../serving/monitoring/settings.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import type { containerOptions } from "../options/container.js";
import type { modelOptions, targetOptions } from "../options/model.js";
import type { monitoringOptions } from "../options/monitoring.js";
import type { ValuesOf } from "../options/option.js";
import type { logOptions, runtimeOptions } from "../options/running.js";
import type { serverOptions } from "../options/serving.js";
import type { Surroundings } from "./command.js";
import { isFlag } from "./given.js";
import { checkLabels, parseLevel, parseRuntimes } from "./parse.js";

/** What a command logs and prints while it runs. */
export interface LogConfig {
  /** A level of pino. */
  loggingLevel: string;
  verbose: boolean;
}

export function logConfig({ level, verbose }: ValuesOf<typeof logOptions>): LogConfig {
  return { loggingLevel: parseLevel(level, verbose), verbose };
}

/** How the workers of a command that serves run. */
export function workerConfig(
  values: ValuesOf<Pick<typeof serverOptions, "queueSize" | "maxBodySize" | "noRetry">> &
    Pick<WorkerSettings, "startTimeout" | "requestTimeout">,
  { maxWorkers, workerThreads }: Pick<WorkerSettings, "maxWorkers" | "workerThreads">,
): WorkerSettings {
  const { queueSize, maxBodySize, startTimeout, requestTimeout, noRetry } = values;
  return { maxWorkers, workerThreads, queueSize, maxBodySize, startTimeout, requestTimeout, retry: !noRetry };
}

export interface ContainerConfig {
  /** An image, or a folder with a Dockerfile, as given. */
  docker: string | undefined;
  skipDepsInstall: boolean;
  /** In docker's syntax, e.g. 512m. */
  memory: string | undefined;
}

export function containerConfig(values: ValuesOf<typeof containerOptions>): ContainerConfig {
  const { docker, skipDepsInstall, memory } = values;
  if (memory !== undefined && !/^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i.test(memory)) {
    throw usage(`--memory must be a size like 512m or 2g, got "${memory}"`);
  }
  return { docker, skipDepsInstall, memory };
}

/** Target type and labels as given. */
export function targetConfig(values: ValuesOf<typeof targetOptions>, { TARGET_NAME: name }: Variables) {
  const { targetType, positiveClassLabel, negativeClassLabel } = values;
  if ((positiveClassLabel === undefined) !== (negativeClassLabel === undefined)) {
    const [has, lacks] =
      negativeClassLabel === undefined ? ["positive", "negative"] : ["negative", "positive"];
    throw usage(`--${has}-class-label was given without --${lacks}-class-label; give both`);
  }
  return {
    targetType,
    targetName: name || undefined,
    positiveClassLabel,
    negativeClassLabel,
    classLabels: readClassLabels(values.classLabels, values.classLabelsFile),
  };
}

function readClassLabels(labels: string[] | undefined, file: string | undefined): string[] | undefined {
  if (labels) return checkLabels(labels, "--class-labels");
  if (file === undefined) return undefined;
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return checkLabels(
    lines.filter((line) => line !== ""),
    `--class-labels-file ${file}`,
  );
}

type ModelValues = ValuesOf<typeof modelOptions & typeof runtimeOptions>;

/** Everything that readModel needs besides the folder, for a single model that is not served. */
export function modelConfig(values: ModelValues, { places, variables, given }: Surroundings): ModelWishes {
  return {
    ...targetConfig(values, variables),
    runtimeParametersFile: values.runtimeParametersFile,
    secretsMountPath: values.secretsMountPath,
    secretsPrefix: values.secretsPrefix,
    lazyLoadingFile: values.lazyLoadingFile,
    language: values.language,
    runtimes: parseRuntimes(values.runtimeTexts ?? []),
    installDeps: values.installDeps,
    isOneOfSeveral: false,
    // DRUM_RUNTIME may list the runtimes of all languages, for every model.
    refusesUnusedRuntimes: isFlag(given)("runtime"),
    isServed: false,
    places,
  };
}

/** The shared configuration of commands that run one model, possibly in a container. */
export function oneModelConfig(
  values: ModelValues & ValuesOf<typeof containerOptions & typeof logOptions> & { codeDirectory: string },
  surroundings: Surroundings,
) {
  const codeDirectories: readonly [string] = [values.codeDirectory];
  return {
    ...modelConfig(values, surroundings),
    ...logConfig(values),
    ...containerConfig(values),
    codeDirectories,
  };
}

/** The folders of --code-dir, or those in --model-dir. Throws USAGE if both or neither are given, or --model-dir is empty. */
export function chooseCodeDirectories(
  given: readonly string[],
  modelDirectory: string | undefined,
  places: Places,
): readonly string[] {
  if (given.length > 0 && modelDirectory !== undefined) {
    throw usage("--code-dir and --model-dir were both given; keep one of them");
  }
  if (given.length > 0) return given;
  if (modelDirectory === undefined) throw usage("--code-dir is required (or the variable CODE_DIR)");
  const folders = modelFolders(modelDirectory, places);
  if (folders.length > 0) return folders;
  throw usage(
    `--model-dir ${modelDirectory} has no subfolder; expected one code directory or model-settings.json per model`,
  );
}

/** Rejects --lazy-loading-file for several models, because it does not say which code directory lacks the files. */
export function checkLazyLoading(file: string | undefined, codeDirectories: readonly string[], many = false) {
  if (file === undefined || (!many && new Set(codeDirectories).size < 2)) return;
  throw usage(
    "--lazy-loading-file works with one model only; run a separate drum for the model that lacks the files",
  );
}

/** Throws USAGE if there are several models to be named, or the name cannot be part of a URL. */
export function checkModelName(name: string | undefined, codeDirectories: readonly string[]): void {
  if (name === undefined) return;
  if (codeDirectories.length > 1)
    throw usage(
      `--model-name names a single model, but there are ${codeDirectories.length}; name their folders instead`,
    );
  if (!/^[\w.-]+$/.test(name))
    throw usage(`--model-name may only have letters, digits, - _ and ., got "${name}"`);
}

export function monitoringConfig(values: ValuesOf<typeof monitoringOptions>): MonitoringWishes {
  const { monitor, embedded, deploymentId, modelId, settings, webserver, apiToken, allowApiAccess } = values;
  return { monitor, embedded, deploymentId, modelId, settings, webserver, apiToken, allowApiAccess };
}

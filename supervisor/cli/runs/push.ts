// `drum push`: checks the model here, then uploads the code directory as a version of a custom model to a service with DataRobot's API.

import { statSync } from "node:fs";
import path from "node:path";
import { Api } from "../../datarobot/api.js";
import { DrumError, usage } from "../../errors.js";
import { chooseService, type ServiceWishes } from "../../jobs/push/credentials.js";
import { checkIds, createModel, createVersion, type Pushed } from "../../jobs/push/custom-model.js";
import { filesOf, type PushedFile } from "../../jobs/push/folder.js";
import { readWanted, type Wanted } from "../../jobs/push/wanted.js";
import { openLog } from "../../log.js";
import { findModelFiles } from "../../model/files.js";
import { readModel, runtimesInWords } from "../../model/model.js";
import { readLanguages } from "../../runtimes/language.js";
import { Deployment, type DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { Call } from "../config/command.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import type { ContainedConfig } from "../container/container.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { endedBy, stopRequest } from "../terminal/signals.js";
import { predictions } from "./score.js";

export interface PushConfig extends DeploymentSettings, ServiceWishes, LogConfig, ContainerConfig {
  codeDirectories: readonly [string];
}

/** Resolves with the exit code. */
export async function push(config: PushConfig, call: Call): Promise<number> {
  const wanted = readWanted(config.codeDirectories[0]);
  const service = chooseService(config, config.places.serviceFile);
  const files = filesOf(config.codeDirectories[0]);
  const input = validationInput(wanted, config.codeDirectories[0]);
  if (config.docker !== undefined) {
    if (input === undefined)
      throw usage(
        "--docker has nothing to run, because model-metadata.yaml has no validation.input; add it, or leave out --docker",
      );
    const exitCode = await scoreInContainer({ ...config, docker: config.docker }, call, input);
    if (exitCode !== 0) return exitCode;
  }
  const stopping = new AbortController();
  const progress = openProgress("MB");
  const api = new Api(service, stopping.signal, (text) => process.stderr.write(`drum push: ${text}\n`));
  const pushing = pushModel({ config, wanted, input, files, api, progress });
  // After a signal, it rejects and nothing awaits it any more.
  pushing.catch(() => {});
  const outcome = await Promise.race([pushing, stopRequest()]).finally(progress.end);
  if (!("signal" in outcome)) {
    process.stdout.write(inWords(outcome, wanted, api));
    return 0;
  }
  stopping.abort();
  return endedBy(outcome, "push");
}

interface Pushing {
  config: PushConfig;
  wanted: Wanted;
  input: string | undefined;
  files: readonly PushedFile[];
  api: Api;
  progress: Progress;
}

async function pushModel({ config, wanted, input, files, api, progress }: Pushing): Promise<Pushed> {
  const language = languageOf(config);
  if (config.docker === undefined && input !== undefined) await scoreHere(config, input, progress);
  progress.show("contacting the service");
  await checkIds(api, wanted);
  const modelId = wanted.modelId ?? (await createModel(api, wanted, language));
  const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  const onProgress = (sent: number, all: number) =>
    progress.show("uploading", megabytes(sent), megabytes(all));
  try {
    return await createVersion(api, { modelId, wanted, files, onProgress });
  } catch (error) {
    if (!(error instanceof DrumError) || wanted.modelId !== undefined) throw error;
    const remedy = `add modelID: ${modelId} to ${wanted.metadata.file} before you try again, so that no second one is created`;
    throw new DrumError(error.code, `${error.message}; the custom model ${modelId} was created: ${remedy}`, {
      cause: error.cause,
    });
  }
}

/** The service's name for the language. Throws if the folder has no model; the model need not be able to run here. */
function languageOf({ codeDirectories, places, language }: PushConfig): string {
  const found = findModelFiles(codeDirectories[0], readLanguages(places.workerFolders), language);
  return found.length === 1 ? found[0]!.language.name : "other";
}

/** Undefined if the metadata do not name rows to try the model on. */
function validationInput({ metadata }: Wanted, codeDirectory: string): string | undefined {
  if (metadata.validation === undefined) return undefined;
  const input = path.resolve(codeDirectory, metadata.validation.input);
  if (statSync(input, { throwIfNoEntry: false })?.isFile()) return input;
  throw metadata.entries.validation!.fault(
    `validation.input is ${metadata.validation.input}, but the file ${input} does not exist; correct it, or leave out validation`,
  );
}

/** Scores like `drum score` and discards the predictions. */
async function scoreHere(config: PushConfig, input: string, progress: Progress): Promise<void> {
  const model = await readModel(config, config.codeDirectories[0]);
  if (config.verbose) process.stderr.write(`drum push: scoring ${input} first, ${runtimesInWords(model)}\n`);
  const onProgress = (text: string) => progress.show(`loading the model: ${text}`);
  const deployment = new Deployment(model, config, { log: openLog(config.loggingLevel), onProgress });
  progress.show("loading the model");
  try {
    await deployment.start({ warm: false });
    progress.show(`predicting ${path.basename(input)}`);
    const files = { input, output: undefined, contentType: undefined, query: undefined };
    await predictions(deployment, { config: files, columnNames: undefined, progress });
  } finally {
    await deployment.drain(0);
  }
}

/** Resolves with the exit code. */
async function scoreInContainer(config: ContainedConfig, call: Call, input: string): Promise<number> {
  const { inContainer } = await import("../container/container.js");
  const score = call.commands.find(({ name }) => name === "score")!;
  const given = new Map(call.given);
  for (const name of ["api-token", "webserver"]) given.delete(name);
  given.set("input", { value: input, source: "flag" }).set("output", { value: "/dev/null", source: "flag" });
  return inContainer({ ...call, command: score, given }, config);
}

function inWords({ modelId, versionId, version }: Pushed, wanted: Wanted, { service }: Api): string {
  const isNew = wanted.modelId === undefined;
  const number = version === undefined ? "" : `${version}, `;
  const lines = [
    `custom model ${modelId} (${wanted.name})${isNew ? "" : " has a new version"}: ${service.url}/model-registry/custom-models/${modelId}`,
    `version ${number}${versionId}: ${service.url}/api/v2/customModels/${modelId}/versions/${versionId}/`,
  ];
  if (isNew) lines.push(`add modelID: ${modelId} to model-metadata.yaml to push the next version to it`);
  return `${lines.join("\n")}\n`;
}

// `drum push`: checks the model here, then makes a version of a custom model of the code directory on a service with DataRobot's API.

import { statSync } from "node:fs";
import path from "node:path";
import { type Config, type FlagValues, readConfig } from "../config.js";
import { Deployment } from "../deployment/deployment.js";
import { DrumError } from "../errors.js";
import { openLog } from "../log.js";
import { findModelFiles } from "../model/files.js";
import { readLanguages } from "../model/language.js";
import { readModel, runtimesInWords } from "../model/model.js";
import { Api } from "../push/api.js";
import { chooseService } from "../push/credentials.js";
import { checkIds, createModel, createVersion, type Pushed } from "../push/custom-model.js";
import { filesOf, type PushedFile } from "../push/folder.js";
import { readWanted, type Wanted } from "../push/wanted.js";
import { usage } from "../values.js";
import { openProgress, type Progress } from "./progress.js";
import { predictions } from "./score.js";
import { stopRequest } from "./signals.js";

/** Resolves with the exit code. */
export async function push(flags: FlagValues): Promise<number> {
  const config = readConfig("push", flags);
  const wanted = readWanted(config.codeDirectories[0]!);
  const service = chooseService(config);
  const files = filesOf(config.codeDirectories[0]!);
  const input = validationInput(wanted, config.codeDirectories[0]!);
  if (config.docker !== undefined) {
    if (input === undefined)
      throw usage(
        "--docker has nothing to run: the metadata name no validation.input; add it, or leave --docker out",
      );
    const exitCode = await scoreInContainer(flags, input);
    if (exitCode !== 0) return exitCode;
  }
  const stopping = new AbortController();
  const progress = openProgress("MB");
  const api = new Api(service, stopping.signal, (text) => process.stderr.write(`drum push: ${text}\n`));
  const pushing = pushModel({ config, wanted, input, files, api, progress });
  // What a signal stops ends with an error that nobody waits for.
  pushing.catch(() => {});
  const outcome = await Promise.race([pushing, stopRequest()]).finally(progress.end);
  if (!("signal" in outcome)) {
    process.stdout.write(inWords(outcome, wanted, api));
    return 0;
  }
  stopping.abort();
  process.stdout.write(`drum push: ended by ${outcome.signal}\n`);
  return outcome.exitCode;
}

interface Pushing {
  config: Config;
  wanted: Wanted;
  input: string | undefined;
  files: readonly PushedFile[];
  api: Api;
  progress: Progress;
}

async function pushModel({ config, wanted, input, files, api, progress }: Pushing): Promise<Pushed> {
  const language = languageOf(config);
  if (config.docker === undefined && input !== undefined) await scoreHere({ ...config, input }, progress);
  progress.show("asking the service");
  await checkIds(api, wanted);
  const modelId = wanted.modelId ?? (await createModel(api, wanted, language));
  const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  const onProgress = (sent: number, all: number) =>
    progress.show("uploading", megabytes(sent), megabytes(all));
  try {
    return await createVersion(api, { modelId, wanted, files, onProgress });
  } catch (error) {
    if (!(error instanceof DrumError) || wanted.modelId !== undefined) throw error;
    const remedy = `write modelID: ${modelId} into ${wanted.metadata.file} before the next try, so that no second one is made`;
    throw new DrumError(error.code, `${error.message}; the custom model ${modelId} was made: ${remedy}`, {
      cause: error.cause,
    });
  }
}

/** As the service calls it. Throws where the folder holds no model, whether or not it can run here. */
function languageOf({ codeDirectories, places, language }: Config): string {
  const found = findModelFiles(codeDirectories[0]!, readLanguages(places.workerFolders), language);
  return found.length === 1 ? found[0]!.language.name : "other";
}

/** Undefined where the metadata name no rows to try the model on. */
function validationInput({ metadata }: Wanted, codeDirectory: string): string | undefined {
  if (metadata.validation === undefined) return undefined;
  const input = path.resolve(codeDirectory, metadata.validation.input);
  if (statSync(input, { throwIfNoEntry: false })?.isFile()) return input;
  throw metadata.entries.validation!.fault(
    `validation.input names ${metadata.validation.input}, but there is no file ${input}; correct it, or leave validation out`,
  );
}

/** As `drum score` does; the predictions go nowhere. */
async function scoreHere(config: Config, progress: Progress): Promise<void> {
  const model = await readModel(config);
  if (config.verbose)
    process.stderr.write(`drum push: scoring ${config.input} first, ${runtimesInWords(model)}\n`);
  const onProgress = (text: string) => progress.show(`loading the model: ${text}`);
  const deployment = new Deployment(model, config, { log: openLog(config.loggingLevel), onProgress });
  progress.show("loading the model");
  try {
    await deployment.start({ warm: false });
    progress.show(`predicting ${path.basename(config.input!)}`);
    await predictions(deployment, { config, columnNames: undefined, progress });
  } finally {
    await deployment.drain(0);
  }
}

/** Resolves with the exit code. */
async function scoreInContainer(flags: FlagValues, input: string): Promise<number> {
  const { inContainer } = await import("./container.js");
  const unmonitored = { monitor: false, "monitor-embedded": false, "allow-dr-api-access": false };
  const { "api-token": _token, webserver: _address, ...others } = flags;
  return inContainer("score", { ...others, ...unmonitored, input, output: "/dev/null" });
}

function inWords({ modelId, versionId, version }: Pushed, wanted: Wanted, { service }: Api): string {
  const isNew = wanted.modelId === undefined;
  const number = version === undefined ? "" : `${version}, `;
  const lines = [
    `custom model ${modelId} (${wanted.name})${isNew ? "" : " has a new version"}: ${service.url}/model-registry/custom-models/${modelId}`,
    `version ${number}${versionId}: ${service.url}/api/v2/customModels/${modelId}/versions/${versionId}/`,
  ];
  if (isNew) lines.push(`modelID: ${modelId} in model-metadata.yaml pushes the next version to it`);
  return `${lines.join("\n")}\n`;
}

// `drum hub`: opens the store, brings in what is to be imported, listens, starts the deployments, and serves until a signal.

import type { ApiSettings } from "../../api/http/settings.js";
import { usage } from "../../errors.js";
import { Hub } from "../../hub/hub.js";
import { importInto, projectOfFolder } from "../../hub/import.js";
import type { StorageLimits } from "../../hub/storage/storage.js";
import { openLog } from "../../log.js";
import { readImportFile } from "../../model/hub/import-file.js";
import { modelFolders } from "../../model/mlserver/repository.js";
import { keepReserve } from "../../processes/reserve.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { Address } from "../options/option.js";
import { checkAddress, isLoopback, listenAt } from "../steps/address.js";
import { stopRequest } from "../terminal/signals.js";
import { outliveOutput } from "../terminal/standard-streams.js";

export interface HubConfig {
  dataDirectory: string;
  address: Address;
  urlPrefix: string;
  /** Of the first user. */
  token: string | undefined;
  importFile: string | undefined;
  /** A folder of code directories, which become one project. */
  modelDirectory: string | undefined;
  requiresServer: boolean;
  storage: StorageLimits;
  /** Requests a minute and token; 0 is no limit. */
  rateLimit: number;
  predictionRateLimit: number;
  /** Bytes. */
  maxBodyMemory: number;
  /** Bytes of the CSV of a batch job. */
  maxBatchSize: number;
  /** A level of pino. */
  loggingLevel: string;
  /** How models are read and run. */
  models: DeploymentSettings;
}

/** Resolves with the exit code after the hub has ended. */
export async function hub(config: HubConfig): Promise<number> {
  outliveOutput();
  const { address, dataDirectory, maxBatchSize, models, storage, urlPrefix } = config;
  const log = openLog(config.loggingLevel);
  const stopped = stopRequest();
  await checkAddress(address);
  const opened = await Hub.open({ dataDirectory, models, maxBatchSize, storage, log });
  const made = await opened.users.begin(config.token);
  if (made !== undefined)
    say(
      `The token of the user admin, which is shown only now: ${made}\nMake another with drum hub token --data-dir ${dataDirectory}`,
    );
  for (const line of await importAll(opened, config)) say(`imported ${line}`);
  const { buildHubServer } = await import("../../api/hub/server.js");
  const app = await buildHubServer(opened, {
    settings: apiSettings(config),
    log,
    requiresServer: config.requiresServer,
    rateLimit: config.rateLimit,
    predictionRateLimit: config.predictionRateLimit,
  });
  const started = opened.begin();
  say(`drum hub listens at ${await listenAt(app, address)}${urlPrefix}/api/v2`);
  keepReserve();
  started.catch((error: unknown) => log.error(String(error)));
  const { exitCode } = await stopped;
  const isOrderly = await opened.close(() => app.close());
  return isOrderly ? 0 : exitCode;
}

/** Throws what readImportFile and importInto throw. */
async function importAll(opened: Hub, { importFile, modelDirectory, models }: HubConfig): Promise<string[]> {
  const admin = await opened.users.first();
  const lines: string[] = [];
  if (modelDirectory !== undefined) {
    const folders = modelFolders(modelDirectory, models.places);
    if (folders.length === 0)
      throw usage(`--model-dir ${modelDirectory} has no folder with a model; check the path`);
    lines.push(...(await importInto(opened, admin, projectOfFolder(modelDirectory, folders))).lines);
  }
  if (importFile !== undefined)
    lines.push(...(await importInto(opened, admin, readImportFile(importFile))).lines);
  return lines;
}

function apiSettings({ models, urlPrefix, maxBodyMemory, address }: HubConfig): ApiSettings {
  const { maxBodySize, requestTimeout } = models.workers;
  return {
    namesModels: true,
    urlPrefix,
    tokens: [],
    openAiServer: undefined,
    repositoryControl: isLoopback(address.host) ? "programs" : "token",
    maxBodySize,
    maxBodyMemory,
    requestTimeout,
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

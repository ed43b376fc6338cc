// `drum server`: listens at once, loads the models, serves until a signal, then drains. SIGHUP reloads the models.

import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { ApiSettings } from "../../api/http/settings.js";
import { counted } from "../../counted.js";
import { DrumError, isRequestWrong, messageOf } from "../../errors.js";
import { type Log, openLog } from "../../log.js";
import { type ModelSpec, runtimesInWords } from "../../model/model.js";
import { type DeploymentConfig, readDeploymentConfig } from "../../predictions/rows.js";
import { keepReserve } from "../../processes/reserve.js";
import { Deployment } from "../../serving/deployment/deployment.js";
import { type BrokenModel, Models } from "../../serving/models.js";
import type { Monitor } from "../../serving/monitoring/monitor.js";
import type { MonitoringWishes } from "../../serving/monitoring/settings.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import type { Address } from "../options/option.js";
import { checkAddress, listenAt } from "../steps/address.js";
import { warnOfFlaskExtension } from "../steps/flask-extension.js";
import { openMonitor } from "../steps/monitoring.js";
import { type FolderWishes, notLoaded, readModels, type ServedModel } from "../steps/served-models.js";
import { keepToken, makeToken, tokenFile } from "../steps/server-token.js";
import { onHangUp, type StopRequest, stopRequest } from "../terminal/signals.js";
import { outliveOutput } from "../terminal/standard-streams.js";

/** Milliseconds that running predictions may take after SIGTERM. */
const drainLimit = 30_000;
/** Milliseconds to deliver the last reports after that; the rest stays on disk. */
const reportLimit = 5_000;

/** For commands without the options of code directories, containers and monitoring. */
export const withoutOptions = {
  targetType: undefined,
  targetName: undefined,
  positiveClassLabel: undefined,
  negativeClassLabel: undefined,
  classLabels: undefined,
  lazyLoadingFile: undefined,
  runtimeParametersFile: undefined,
  secretsMountPath: undefined,
  secretsPrefix: undefined,
  isServed: true,
  verbose: false,
  docker: undefined,
  skipDepsInstall: false,
  memory: undefined,
  urlPrefix: "",
  openAiServer: undefined,
  withErrorServer: false,
  deploymentConfigFile: undefined,
  monitoring: undefined,
} satisfies Partial<ServerConfig>;

/** Makes the application of the served models, which does not listen yet. */
export type BuildApi = (
  models: Models,
  api: { settings: ApiSettings; log: Log; deploymentConfig: DeploymentConfig | undefined },
) => Promise<FastifyInstance>;

const buildDrumApi: BuildApi = async (models, api) =>
  (await import("../../api/server.js")).buildServer(models, api);

/** What a command serves, and how. */
export interface Host {
  buildApi: BuildApi;
  /** Reads the models; without it, those of the code directories. Throws what readModel throws. */
  read?(log: Log): Promise<readonly ServedModel[]>;
}

interface Serving {
  host: Host;
  config: ServerConfig;
  log: Log;
  stopped: Promise<StopRequest>;
  /** Of this start. */
  ownToken: string;
}

export interface ServerConfig extends FolderWishes, LogConfig, ContainerConfig {
  address: Address;
  urlPrefix: string;
  token: string | undefined;
  openAiServer: string | undefined;
  /** Bytes. */
  maxBodyMemory: number;
  withErrorServer: boolean;
  deploymentConfigFile: string | undefined;
  /** Undefined if the command has no options for it. */
  monitoring: MonitoringWishes | undefined;
}

/** Resolves with the exit code after the server has ended. */
export async function server(config: ServerConfig, host: Host = { buildApi: buildDrumApi }): Promise<number> {
  outliveOutput();
  const serving = {
    host,
    config,
    log: openLog(config.loggingLevel),
    stopped: stopRequest(),
    ownToken: makeToken(),
  };
  await checkAddress(config.address);
  let found: Found;
  try {
    const { deploymentConfigFile: file } = config;
    const read = host.read
      ? { models: await host.read(serving.log), broken: [] }
      : await readModels(config, serving.log);
    found = {
      ...read,
      monitor: await openMonitor(
        config,
        read.models.map(({ model }) => model),
        serving.log,
      ),
      deploymentConfig: file === undefined ? undefined : readDeploymentConfig(file),
    };
  } catch (error) {
    return serveError(error as DrumError, serving);
  }
  return serveModels(found, serving);
}

interface Found {
  models: readonly ServedModel[];
  /** Folders whose model cannot be read; beside other models, their routes respond with the reason. */
  broken: BrokenModel[];
  deploymentConfig: DeploymentConfig | undefined;
  monitor: Monitor | undefined;
}

async function serveModels(
  { models, broken, monitor, deploymentConfig }: Found,
  serving: Serving,
): Promise<number> {
  const { config, log, stopped } = serving;
  const prefixOf = ({ name }: ModelSpec) => (config.namesModels ? `${name}/` : "");
  const served = new Models();
  for (const { model, settings } of models) {
    warnOfFlaskExtension(model, log);
    const context = {
      log,
      prefix: prefixOf(model),
      monitor,
      reportsHooks: config.monitoring?.embedded ?? false,
      onSwap: (text: string) => void process.stdout.write(`${text}\n`),
    };
    served.add(new Deployment(model, settings, context));
  }
  for (const model of broken) {
    log.error(`${model.name}: ${inWords(model.reason)}`);
    served.addBroken(model);
  }
  const started = Promise.all(served.all.map((deployment) => startOne(deployment, serving)));
  const app = await listenFor(served, deploymentConfig, serving).catch(async (error) => {
    await served.drain(0);
    throw error;
  });
  const forgetToken = tellToken(app, serving);
  keepReserve();
  onHangUp(() => reload(served.all, log));
  const failures = await Promise.race([started, stopped.then(() => undefined)]);
  // One loaded model keeps the server running: /health/ and the routes of the other models report their errors.
  if (failures?.length && failures.every((failure) => failure !== undefined)) {
    const [failure] = failures;
    if (!servesErrors(failure!, config)) {
      await app.close();
      forgetToken();
      throw failure;
    }
    log.error(inWords(failure!));
  }
  const { signal, exitCode } = await stopped;
  const running = served.all.reduce((sum, deployment) => sum + deployment.active, 0);
  if (running > 0) {
    process.stdout.write(
      `${signal}: waiting for ${counted(running, "request")}, at most ${drainLimit / 1000} s; press Ctrl-C again to stop at once\n`,
    );
  }
  const isOrderly = await served.drain(drainLimit);
  await app.close();
  forgetToken();
  await monitor?.close(reportLimit);
  return isOrderly ? 0 : exitCode;
}

/** Imports the API only now: the workers start meanwhile. */
async function listenFor(
  served: Models,
  deploymentConfig: DeploymentConfig | undefined,
  serving: Serving,
): Promise<FastifyInstance> {
  const { host, log } = serving;
  const app = await host.buildApi(served, { settings: apiSettings(serving), log, deploymentConfig });
  if (serving.config.withErrorServer) await standBy(app, served, serving);
  await listen(app, serving.config);
  return app;
}

/** Resolves with the error if the model cannot be loaded. */
async function startOne(deployment: Deployment, { config, log }: Serving): Promise<DrumError | undefined> {
  const startedAt = performance.now();
  try {
    await deployment.start();
  } catch (error) {
    const { cause } = error as DrumError;
    const isStopped = cause instanceof DrumError && cause.code === "DRAINING";
    // The error of a single model ends the command, which prints it.
    if (config.namesModels && !isStopped) log.error(`${deployment.name}: ${inWords(error as DrumError)}`);
    return error as DrumError;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { model } = deployment.release;
  process.stdout.write(`${model.name} was loaded in ${seconds} s: ${runtimesInWords(model)}\n`);
  return undefined;
}

/** Keeps the token where `drum swap` looks for it. Returns a function that removes it. */
function tellToken(app: FastifyInstance, { config, log, ownToken }: Serving): () => void {
  const { port } = app.server.address() as AddressInfo;
  const file = tokenFile(config.places, port);
  try {
    return keepToken(file, ownToken);
  } catch (error) {
    log.warn(
      `drum swap cannot reach this server without DRUM_TOKEN: ${file} cannot be written: ${messageOf(error)}`,
    );
    return () => {};
  }
}

/** Milliseconds between two tries to reload while another swap runs. */
const swapPause = 200;

/** Reads the same code directories and runtimes again; a model that cannot be loaded keeps its current release. */
async function reload(deployments: readonly Deployment[], log: Log): Promise<void> {
  for (const deployment of deployments) {
    while (deployment.swapping !== undefined) await sleep(swapPause);
    await deployment.swap({}).catch((error: DrumError) => log.error(inWords(error)));
  }
}

function inWords({ message, traceback }: DrumError): string {
  return traceback ? `${message}\n${traceback}` : message;
}

/** Serves the error of models that cannot be read with --with-error-server; otherwise the error ends the command. */
async function serveError(error: DrumError, serving: Serving): Promise<number> {
  const { config, log, stopped } = serving;
  if (!servesErrors(error, config)) throw error;
  log.error(inWords(error));
  const app = await errorServer(() => notLoaded(error), serving);
  await listen(app, config);
  await stopped;
  await app.close();
  return 0;
}

/** Wrong usage always ends the command. */
function servesErrors(error: DrumError, { withErrorServer }: ServerConfig): boolean {
  return withErrorServer && error instanceof DrumError && !isRequestWrong(error);
}

async function errorServer(reason: () => DrumError, serving: Serving): Promise<FastifyInstance> {
  const { buildErrorServer } = await import("../../api/server.js");
  return buildErrorServer(reason, { settings: apiSettings(serving), log: serving.log });
}

/** The reason is served from the moment at which no model could be loaded, until a reload loads one. */
async function standBy(app: FastifyInstance, served: Models, serving: Serving): Promise<void> {
  let reason: DrumError | undefined;
  for (const { release } of served.all) {
    release.loaded.catch((error: DrumError) => {
      reason ??= error;
    });
  }
  const isActive = () => reason !== undefined && served.all.every(({ state }) => state === "failed");
  const { handOver } = await import("../../api/http/application.js");
  await handOver(app, await errorServer(() => reason!, serving), isActive);
}

function apiSettings({ config, ownToken }: Serving): ApiSettings {
  const { maxBodySize, requestTimeout } = config.workers;
  const tokens = config.token === undefined ? [ownToken] : [ownToken, config.token];
  const { namesModels, urlPrefix, openAiServer, maxBodyMemory } = config;
  const limits = { maxBodySize, maxBodyMemory, requestTimeout };
  return { namesModels, urlPrefix, tokens, openAiServer, ...limits };
}

async function listen(app: FastifyInstance, { address, urlPrefix }: ServerConfig): Promise<void> {
  process.stdout.write(`drum listens at ${await listenAt(app, address)}${urlPrefix}/\n`);
}

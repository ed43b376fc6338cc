// What all servers of models do: listen at once, load the models, serve until a signal, then drain. SIGHUP reloads the models.

import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { ApiSettings } from "../../api/http/settings.js";
import { counted } from "../../counted.js";
import { DrumError, isRequestWrong } from "../../errors.js";
import { type Log, openLog } from "../../log.js";
import { runtimesInWords } from "../../model/model.js";
import { type DeploymentConfig, readDeploymentConfig } from "../../predictions/datarobot/rows.js";
import { keepReserve } from "../../processes/reserve.js";
import { Deployment } from "../../serving/deployment/deployment.js";
import { type BrokenModel, Models } from "../../serving/models.js";
import type { Monitor } from "../../serving/monitoring/monitor.js";
import type { MonitoringWishes } from "../../serving/monitoring/settings.js";
import type { Repository } from "../../serving/repository.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import type { Address } from "../options/option.js";
import { checkAddress, isLoopback, listenAt } from "../steps/address.js";
import { openMonitor } from "../steps/monitoring.js";
import { type FolderWishes, notLoaded, readModels, type ServedModel } from "../steps/served-models.js";
import { warnOfFlaskExtension } from "../steps/serving/flask-extension.js";
import { inWords, reload } from "../steps/serving/reload.js";
import { openRepository } from "../steps/serving/repository.js";
import { makeToken, tellToken } from "../steps/serving/server-token.js";
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
  modelDirectory: undefined,
  repositoryControl: false,
  deploymentConfigFile: undefined,
  monitoring: undefined,
} satisfies Partial<ServerConfig>;

/** Makes the application of the served models, which does not listen yet. */
export type BuildApi = (
  models: Models,
  api: {
    settings: ApiSettings;
    log: Log;
    deploymentConfig: DeploymentConfig | undefined;
    repository: Repository | undefined;
  },
) => Promise<FastifyInstance>;

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
  /** The folder whose models can be loaded and unloaded. */
  modelDirectory: string | undefined;
  /** Whether every client may do so. */
  repositoryControl: boolean;
  deploymentConfigFile: string | undefined;
  /** Undefined if the command has no options for it. */
  monitoring: MonitoringWishes | undefined;
}

/** Resolves with the exit code after the server has ended. */
export async function server(config: ServerConfig, host: Host): Promise<number> {
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
  const served = new Models();
  const deploy = ({ model, settings }: ServedModel) => {
    warnOfFlaskExtension(model, log);
    return new Deployment(model, settings, {
      log,
      prefix: config.namesModels ? `${model.name}/` : "",
      monitor,
      reportsHooks: config.monitoring?.embedded ?? false,
      onSwap: say,
    });
  };
  for (const model of models) served.add(deploy(model));
  for (const model of broken) {
    log.error(`${model.name}: ${inWords(model.reason)}`);
    served.addBroken(model);
  }
  const started = Promise.all(served.all.map((deployment) => startOne(deployment, serving)));
  const repository = openRepository(config, { log, models: served, deploy, onChange: say });
  const app = await listenFor({ served, repository, deploymentConfig }, serving).catch(async (error) => {
    await served.drain(0);
    throw error;
  });
  const { port } = app.server.address() as AddressInfo;
  const forgetToken = tellToken(serving.ownToken, port, { places: config.places, log });
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
  const [isOrderly] = await Promise.all([served.drain(drainLimit), repository?.close()]);
  await app.close();
  forgetToken();
  await monitor?.close(reportLimit);
  return isOrderly ? 0 : exitCode;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

interface Listening {
  served: Models;
  repository: Repository | undefined;
  deploymentConfig: DeploymentConfig | undefined;
}

/** Imports the API only now: the workers start meanwhile. */
async function listenFor({ served, ...more }: Listening, serving: Serving): Promise<FastifyInstance> {
  const { host, log } = serving;
  const app = await host.buildApi(served, { settings: apiSettings(serving), log, ...more });
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
  say(`${model.name} was loaded in ${seconds} s: ${runtimesInWords(model)}`);
  return undefined;
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
  const local = isLoopback(config.address.host) ? "programs" : "token";
  const repositoryControl = config.repositoryControl ? "anyone" : local;
  return { namesModels, urlPrefix, tokens, openAiServer, repositoryControl, ...limits };
}

async function listen(app: FastifyInstance, { address, urlPrefix }: ServerConfig): Promise<void> {
  process.stdout.write(`drum listens at ${await listenAt(app, address)}${urlPrefix}/\n`);
}

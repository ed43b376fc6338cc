// `drum server`: listens at once, loads the model, serves until a signal, then drains.

import type { FastifyInstance } from "fastify";
import { type Config, type FlagValues, readConfig } from "../config.js";
import { Deployment } from "../deployment/deployment.js";
import { DrumError, messageOf } from "../errors.js";
import { buildErrorServer, buildServer } from "../http/server.js";
import { type Log, openLog } from "../log.js";
import { type ModelSpec, readModel } from "../model/model.js";
import { type StopRequest, stopRequest } from "./signals.js";

/** Milliseconds that running predictions may take after SIGTERM. */
const drainLimit = 30_000;

/** Resolves with the exit code when the server has ended. */
export async function server(flags: FlagValues): Promise<number> {
  const config = readConfig("server", flags);
  const log = openLog(config.loggingLevel);
  const stopped = stopRequest();
  let model: ModelSpec;
  try {
    model = await readModel(config);
  } catch (error) {
    return serveError(error as DrumError, { config, log, stopped });
  }
  const deployment = new Deployment(model, config, log);
  const app = await buildServer(deployment, { config, log });
  await listen(app, config);
  const startedAt = performance.now();
  const started = deployment.start().then(
    () => undefined,
    (error: DrumError) => error,
  );
  const failure = await Promise.race([started, stopped.then(() => undefined)]);
  if (failure) {
    await app.close();
    return serveError(failure, { config, log, stopped });
  }
  if (deployment.state === "ready") {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const { interpreter, reason } = model.runtime;
    process.stdout.write(`the model is loaded after ${seconds} s, by ${interpreter} (${reason})\n`);
  }
  const { signal, exitCode } = await stopped;
  log.info(`${signal}: finishing what is running`);
  await deployment.drain(drainLimit);
  await app.close();
  return exitCode;
}

interface ErrorServing {
  config: Config;
  log: Log;
  stopped: Promise<StopRequest>;
}

/** With --with-error-server the reason is served; without, it ends the command. Wrong usage always does. */
async function serveError(error: DrumError, { config, log, stopped }: ErrorServing): Promise<number> {
  if (!config.withErrorServer || !(error instanceof DrumError) || error.code === "USAGE") throw error;
  log.error(error.traceback ? `${error.message}\n${error.traceback}` : error.message);
  const reason = new DrumError("MODEL_NOT_LOADED", error.message, {
    traceback: error.traceback,
    cause: error,
  });
  const app = await buildErrorServer(reason, { config, log });
  await listen(app, config);
  const { exitCode } = await stopped;
  await app.close();
  return exitCode;
}

async function listen(app: FastifyInstance, { address, urlPrefix }: Config): Promise<void> {
  try {
    const url = await app.listen({ ...address, backlog: 2048 });
    process.stdout.write(`drum listens at ${url}${urlPrefix}/\n`);
  } catch (error) {
    throw new DrumError(
      "ADDRESS_UNUSABLE",
      `cannot listen at ${address.host}:${address.port}: ${messageOf(error)}; choose another with --address`,
      { cause: error },
    );
  }
}

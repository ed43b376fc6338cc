// What a running server does at SIGHUP.

import { setTimeout as sleep } from "node:timers/promises";
import type { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import type { Deployment } from "../../../serving/deployment/deployment.js";

/** Milliseconds between two tries to reload while another swap runs. */
const swapPause = 200;

/** Reads the same code directories and runtimes again; a model that cannot be loaded keeps its current release. */
export async function reload(deployments: readonly Deployment[], log: Log): Promise<void> {
  for (const deployment of deployments) {
    while (deployment.swapping !== undefined) await sleep(swapPause);
    await deployment.swap({}).catch((error: DrumError) => log.error(inWords(error)));
  }
}

export function inWords({ message, traceback }: DrumError): string {
  return traceback ? `${message}\n${traceback}` : message;
}

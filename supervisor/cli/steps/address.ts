// The addresses of a server: tried before anything else starts, then listened on.

import { once } from "node:events";
import { createServer } from "node:net";
import { DrumError, messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import { holderOf } from "../../processes/ports.js";
import type { Address } from "../options/option.js";

/** Something that listens, such as a fastify application. Resolves with the URL. */
interface Listener {
  listen(where: Address & { backlog: number }): Promise<string>;
}

const backlog = 2048;

/** Throws ADDRESS_UNUSABLE, so that a command fails before it loads models. `option` is the one that chooses the port. */
export async function checkAddress(address: Address, option?: string): Promise<void> {
  const trial = createServer((socket) => socket.destroy()).listen({ ...address, backlog });
  await once(trial, "listening").catch(async (error) => {
    throw await unusable(address, error, option);
  });
  trial.close();
  await once(trial, "close");
}

/** Returns the URL. Throws ADDRESS_UNUSABLE; `option` is the one that chooses the port. */
export async function listenAt(app: Listener, address: Address, option?: string): Promise<string> {
  return app.listen({ ...address, backlog }).catch(async (error) => {
    throw await unusable(address, error, option);
  });
}

/** Serves gRPC beside the application until that closes. Throws ADDRESS_UNUSABLE. */
export async function listenBeside(
  app: { addHook(name: "onClose", end: () => Promise<void>): unknown },
  grpc: Listener & { close(): Promise<void> },
  { address, option, log }: { address: Address; option: string; log: Log },
): Promise<void> {
  log.info(`gRPC is at ${await listenAt(grpc, address, option)}`);
  app.addHook("onClose", () => grpc.close());
}

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

async function unusable({ host, port }: Address, error: unknown, option = "--address"): Promise<DrumError> {
  // gRPC has the code in its words alone.
  const isTaken = /EADDRINUSE/.test(`${(error as NodeJS.ErrnoException).code} ${messageOf(error)}`);
  const holder = isTaken ? await holderOf(port).catch(() => undefined) : undefined;
  const [who, remedy] = holder
    ? [`, by process ${holder.pid} (${holder.name})`, `end that, or choose another address with ${option}`]
    : ["", `choose another with ${option}`];
  return new DrumError(
    "ADDRESS_UNUSABLE",
    `cannot listen on ${host}:${port}: ${messageOf(error)}${who}; ${remedy}`,
    { cause: error },
  );
}

// The address of a server: tried before anything else starts, then listened on.

import { once } from "node:events";
import { createServer } from "node:net";
import { DrumError, messageOf } from "../../errors.js";
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

async function unusable({ host, port }: Address, error: unknown, option = "--address"): Promise<DrumError> {
  const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
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

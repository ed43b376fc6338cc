// The token of a running server. The server makes it at its start and keeps it in a file that only its user can read, for `drum swap`.

import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../../errors.js";
import type { Log } from "../../../log.js";
import { hide } from "../../../masking.js";
import type { Places } from "../../../places.js";
import { makeFolders } from "../../../processes/folders.js";

export function makeToken(): string {
  const token = randomBytes(32).toString("base64url");
  hide(token);
  return token;
}

/** Named by the port alone, since a server that listens on all addresses is asked at any of them. */
export function tokenFile({ dataDirectory }: Places, port: number): string {
  return path.join(dataDirectory, "servers", `${port}.token`);
}

/** Keeps the token where `drum swap` looks for it. Returns a function that removes it. */
export function tellToken(
  token: string,
  port: number,
  { places, log }: { places: Places; log: Log },
): () => void {
  const file = tokenFile(places, port);
  try {
    return keepToken(file, token);
  } catch (error) {
    log.warn(
      `drum swap cannot reach this server without DRUM_TOKEN: ${file} cannot be written: ${messageOf(error)}`,
    );
    return () => {};
  }
}

/** Returns a function that removes it. Throws if it cannot be written. */
export function keepToken(file: string, token: string): () => void {
  makeFolders(path.dirname(file), 0o700);
  // A new file, since an existing one may be readable by others.
  rmSync(file, { force: true });
  writeFileSync(file, token, { mode: 0o600, flag: "wx" });
  return () => {
    if (readToken(file) === token) rmSync(file, { force: true });
  };
}

/** Undefined if there is none. */
export function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, "utf8");
    hide(token);
    return token;
  } catch {
    return undefined;
  }
}

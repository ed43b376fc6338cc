// What the settings.json of an MLServer repository, and the MLSERVER_ variables, say of options that are not given.

import { existsSync } from "node:fs";
import path from "node:path";
import { readServerSettings, serverSettingsFile } from "../../model/mlserver/server-settings.js";
import type { Variables } from "../../places.js";
import type { GivenValue, GivenValues } from "./given.js";

/** As in MLServer, the file counts before the variables. Throws METADATA_INVALID. */
export function withServerSettings(given: GivenValues, variables: Variables): GivenValues {
  const repository = given.get("model-dir")?.value;
  if (typeof repository !== "string" || !existsSync(repository)) return given;
  const file = path.join(repository, serverSettingsFile);
  const { host, http_port: port, parallel_workers: workers } = readServerSettings(file, variables);
  const found = new Map<string, GivenValue>();
  if (host || port) {
    const name = String(host?.value ?? "");
    const value = `${name.includes(":") ? `[${name}]` : name}${port ? `:${port.value}` : ""}`;
    found.set("address", { value, source: (port ?? host)!.source });
  }
  // 0 means in the server's own process, which is no place for models here.
  if (workers)
    found.set("max-workers", { value: String(Math.max(1, Number(workers.value))), source: workers.source });
  return new Map([...found, ...given]);
}

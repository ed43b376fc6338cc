// drum hub token.

import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { besideHubOptions } from "../options/monitoring.js";
import { json } from "../options/running.js";
import type { HubTokenConfig } from "../runs/hub-token.js";

const { dataDirectory, userName, isAdministrator, only, list, revoke } = besideHubOptions;

export const hubToken = defineCommand({
  name: "hub token",
  summary: "make a token of a user of a hub, and print it once; list tokens, or revoke one",
  examples: [
    "hub token --data-dir data",
    "hub token --data-dir data --user ada --only",
    "hub token --data-dir data --list",
  ],
  options: { dataDirectory, userName, isAdministrator, only, list, revoke, json },
  configure(values, { given }): HubTokenConfig {
    const { dataDirectory, userName, isAdministrator, only, list, revoke, json } = values;
    const makes = ["user", "admin", "only"].find((name) => given.has(name));
    const other = list ? "list" : revoke === undefined ? undefined : "revoke";
    if (other !== undefined && makes !== undefined)
      throw usage(`--${makes} is for a new token, and --${other} makes none; keep one of them`);
    if (list && revoke !== undefined) throw usage("--list and --revoke were both given; keep one of them");
    if (json && !list) throw usage("--json needs --list; give both, or leave out --json");
    return { dataDirectory, userName, isAdministrator, only, list, revoke, asJson: json };
  },
  run: async (config) => (await import("../runs/hub-token.js")).hubToken(config),
});

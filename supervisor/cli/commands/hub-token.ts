// drum hub token.

import { defineCommand } from "../config/command.js";
import { hubOptions } from "../options/monitoring.js";
import type { HubTokenConfig } from "../runs/hub-token.js";

const { dataDirectory, userName, only } = hubOptions;

export const hubToken = defineCommand({
  name: "hub token",
  summary: "make a token of a user of a hub, and print it once",
  examples: ["hub token --data-dir data", "hub token --data-dir data --user ada --only"],
  options: { dataDirectory, userName, only },
  configure: ({ dataDirectory, userName, only }): HubTokenConfig => ({ dataDirectory, userName, only }),
  run: async (config) => (await import("../runs/hub-token.js")).hubToken(config),
});

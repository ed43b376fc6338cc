// drum hub import.

import { defineCommand } from "../config/command.js";
import { parsePrefix } from "../config/parse.js";
import { besideHubOptions } from "../options/monitoring.js";
import type { HubImportConfig } from "../runs/hub-import.js";

const { address, tokenFile } = besideHubOptions;

export const hubImport = defineCommand({
  name: "hub import",
  summary: "bring projects, models and deployments of a YAML file into a running hub",
  examples: ["hub import models.yaml --address localhost:8080 --token-file admin.token"],
  words: { placeholder: "<file>" },
  options: { address, tokenFile },
  variables: ["URL_PREFIX", "DRUM_TOKEN"],
  configure: ({ address, tokenFile }, { variables }): HubImportConfig => ({
    address,
    tokenFile,
    token: variables.DRUM_TOKEN || undefined,
    urlPrefix: parsePrefix(variables.URL_PREFIX),
  }),
  run: async (config, { words }) => (await import("../runs/hub-import.js")).hubImport(words[0]!, config),
});

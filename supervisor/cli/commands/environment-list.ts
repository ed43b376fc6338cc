// drum environment list.

import type { Places } from "../../places.js";
import { defineCommand } from "../config/command.js";
import { json } from "../options/running.js";

export const environmentList = defineCommand({
  name: "environment list",
  summary: "list the environments and show which are installed",
  examples: ["environment list", "environment list --json"],
  options: { json },
  configure: (values, { places }): { json: boolean; places: Places } => ({ json: values.json, places }),
  run: async (config) => (await import("../runs/environment.js")).environmentList(config),
});

// drum doctor.

import type { Places } from "../../places.js";
import { defineCommand } from "../config/command.js";
import { json } from "../options/running.js";

export const doctor = defineCommand({
  name: "doctor",
  summary: "show what each language has on this machine, what is missing, and the command that installs it",
  examples: ["doctor", "doctor --json"],
  options: { json },
  configure: (values, { places }): { json: boolean; places: Places } => ({ json: values.json, places }),
  run: async (config) => (await import("../runs/doctor.js")).doctor(config),
});

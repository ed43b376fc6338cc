// drum graph check.

import { defineCommand } from "../config/command.js";
import { graphOptions } from "../options/serving.js";
import type { GraphFile } from "../runs/graph.js";

export const graphCheck = defineCommand({
  name: "graph check",
  summary: "find what is wrong with an inference graph before anything starts",
  examples: ["graph check --file deployment.yaml --components nodes"],
  options: graphOptions,
  configure: ({ file, components }): GraphFile => ({ file, components }),
  run: async (config) => (await import("../runs/graph-kinds.js")).checkAnyGraph(config),
});

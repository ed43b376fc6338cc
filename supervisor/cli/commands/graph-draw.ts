// drum graph draw.

import { defineCommand } from "../config/command.js";
import { graphOptions } from "../options/serving.js";

export const graphDraw = defineCommand({
  name: "graph draw",
  summary: "print an inference graph as Mermaid",
  examples: ["graph draw --file deployment.yaml"],
  options: { file: graphOptions.file },
  configure: ({ file }) => ({ file }),
  run: async (config) => (await import("../runs/graph-kinds.js")).drawAnyGraph(config),
});

// drum completion.

import { type Shell, shells } from "../completion/shape.js";
import { defineCommand } from "../config/command.js";

export const completion = defineCommand({
  name: "completion",
  summary: "print a shell script that completes drum's commands and options",
  examples: ["completion bash > /etc/bash_completion.d/drum", "completion fish | source"],
  options: {},
  words: { placeholder: "<shell>", choices: shells },
  configure: (_values, { places }) => places,
  run: async (places, { words: [shell], commands }) => {
    const { completionScript } = await import("../runs/completion.js");
    process.stdout.write(completionScript(shell as Shell, commands, places));
    return 0;
  },
});

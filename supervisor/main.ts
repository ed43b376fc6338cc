#!/usr/bin/env node
// The program `drum`: runs one command and exits with its code. Called as `seldon-core-microservice`, it is `drum microservice`.

import path from "node:path";
import { holdSignals } from "./cli/terminal/signals.js";
import { flushStreams, guardStreams } from "./cli/terminal/standard-streams.js";

const words = wordsOf(process.argv);
if (words[0] === "server" || words[0] === "microservice") holdSignals();
guardStreams((exitCode) => process.exit(exitCode));
// Imported late, since it takes most of the time in which a signal would end a server.
const program = await import("./cli/program.js").catch((error: Error) => {
  process.stderr.write(
    `drum: its own files cannot be read: ${error.message}; raise the limit with ulimit -n\n`,
  );
  process.exit(1);
});
const exitCode = await program.runProgram(words);
await flushStreams();
process.exit(exitCode);

/** Like the original, that other program listens on all interfaces. */
function wordsOf([, program = "", ...given]: readonly string[]): readonly string[] {
  if (path.basename(program) !== "seldon-core-microservice") return given;
  const isAddressed = given.some((word) => /^--address(=|$)/.test(word));
  return ["microservice", ...given, ...(isAddressed ? [] : ["--address", "0.0.0.0"])];
}

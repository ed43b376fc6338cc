#!/usr/bin/env node
// The program `drum`: runs one command and exits with its code.

import { holdSignals } from "./cli/terminal/signals.js";
import { flushStreams, guardStreams } from "./cli/terminal/standard-streams.js";

if (process.argv[2] === "server") holdSignals();
guardStreams((exitCode) => process.exit(exitCode));
// Imported late, since it takes most of the time in which a signal would end a server.
const program = await import("./cli/program.js").catch((error: Error) => {
  process.stderr.write(
    `drum: its own files cannot be read: ${error.message}; raise the limit with ulimit -n\n`,
  );
  process.exit(1);
});
const exitCode = await program.runProgram(process.argv.slice(2));
await flushStreams();
process.exit(exitCode);

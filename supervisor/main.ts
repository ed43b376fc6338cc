#!/usr/bin/env node
// The program `drum`: runs one command and ends with its exit code.

import { holdSignals } from "./cli/terminal/signals.js";
import { flushStreams, guardStreams } from "./cli/terminal/standard-streams.js";

if (process.argv[2] === "server") holdSignals();
guardStreams((exitCode) => process.exit(exitCode));
// Only now: reading the rest takes most of the time in which a signal would end a server.
const { runProgram } = await import("./cli/program.js");
const exitCode = await runProgram(process.argv.slice(2));
await flushStreams();
process.exit(exitCode);

#!/usr/bin/env node
// The program `drum`: runs one command and ends with its exit code.

import { runProgram } from "./cli/program.js";
import { flushStreams, guardStreams } from "./cli/terminal/standard-streams.js";

guardStreams((exitCode) => process.exit(exitCode));
const exitCode = await runProgram(process.argv.slice(2));
await flushStreams();
process.exit(exitCode);

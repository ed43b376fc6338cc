#!/usr/bin/env node
// The program `drum`: runs one command and ends with its exit code.

import { runProgram } from "./cli/program.js";

// `drum score … | head` closes the pipe early: that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exit(await runProgram(process.argv.slice(2)));

#!/usr/bin/env node
// The program `drum`: runs one command and exits with its code.

import { runProgram } from "./cli/program.js";

// `drum score … | head` closes the pipe early, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exit(await runProgram(process.argv.slice(2)));

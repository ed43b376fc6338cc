// Notices a CSV input whose cells are separated by something else than commas, once it has caused an error.

import { closeSync, openSync, readSync } from "node:fs";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";

const separators: Readonly<Record<string, string>> = { ";": "semicolons", "\t": "tabs", "|": "bars" };
/** Bytes that hold most headers. */
const enough = 64 * 1024;

/** The error, with a remedy if it was probably caused by the separators. */
export function withSeparatorHint(error: unknown, payload: Payload): unknown {
  const isCause =
    error instanceof DrumError && (error.code === "INPUT_INVALID" || error.code === "HOOK_FAILED");
  if (!isCause || error.httpStatus !== undefined) return error;
  const hint = separatorHint(payload);
  if (hint === undefined) return error;
  return error.saying(`${error.message}; ${hint}`);
}

function separatorHint(payload: Payload): string | undefined {
  if (payload.kind === "table" || (payload.mimetype && !/csv|plain/.test(payload.mimetype))) return undefined;
  const header = /^[^\r\n]*/.exec(beginningOf(payload))![0];
  const found = Object.keys(separators).find((separator) => header.includes(separator));
  if (found === undefined || header.includes(",")) return undefined;
  return `the header has ${separators[found]} and no commas, so all of it is one column: separate the cells by commas`;
}

function beginningOf(payload: Exclude<Payload, { kind: "table" }>): string {
  if (payload.kind === "bytes") return Buffer.from(payload.data.subarray(0, enough)).toString("latin1");
  try {
    const file = openSync(payload.path, "r");
    try {
      const bytes = Buffer.alloc(enough);
      return bytes.toString("latin1", 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}

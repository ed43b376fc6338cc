// What a failed prediction does not say of its input: the columns that came, that a CSV has another separator, or no line ends.

import { open } from "node:fs/promises";
import { bytesOf } from "../../../protocol/memory.js";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError, type ErrorCode } from "../../errors.js";
import { recordsIn } from "../../formats/csv/records.js";

/** The most bytes of a CSV that are looked at. */
const headSize = 64 * 1024;
const mostNames = 10;

const ofInput: readonly ErrorCode[] = [
  "INPUT_EMPTY",
  "INPUT_INVALID",
  "INPUT_UNREADABLE",
  "HOOK_FAILED",
  "HOOK_RESULT_INVALID",
  "PREDICTOR_FAILED",
  "PREDICTIONS_INVALID",
];

const ofHooks: readonly ErrorCode[] = ["HOOK_FAILED", "PREDICTIONS_INVALID"];

/** What is said in Python, R and Julia if a hook asks for a column that is not there. In R it is NULL, whose length is 0. */
const lacksColumn = new RegExp(
  [
    "KeyError|has no attribute|in the \\[columns\\]",
    "undefined columns|object '[^']*' not found|of length (zero|0)|rows: (.*, )?0\\b|replacement has 0 rows",
    "column name :.* not found|has no field",
    "the predictions have 0 rows",
  ].join("|"),
);

const separators: readonly [character: string, name: string][] = [
  [";", "semicolons"],
  ["\t", "tabs"],
  ["|", "vertical bars"],
];

const lineEnds =
  "the body has no line end; end every line with one, and use curl --data-binary @FILE, since -d removes line ends";

/** The error with what its input explains. An error whose status user code chose stays as it is. */
export async function withHint(error: unknown, payload: Payload): Promise<unknown> {
  if (!(error instanceof DrumError) || error.httpStatus !== undefined || !ofInput.includes(error.code))
    return error;
  const names = await columnNames(payload).catch(() => undefined);
  const hint = looksLikeJson(payload)
    ? "the body begins like JSON; send it with the Content-Type application/json"
    : lacksLineEnds(payload)
      ? lineEnds
      : names && hintOf(error, names, payload);
  if (!hint) return error;
  return error.saying(`${error.message}; ${hint}`);
}

/**
 * A header alone has no predictions, as in DRUM. But a body without any line end was probably sent with curl -d, and had rows: throws
 * INPUT_EMPTY, to which withHint adds the rest.
 */
export function checkHasRows(rows: number, payload: Payload): void {
  if (rows === 0 && (lacksLineEnds(payload) || looksLikeJson(payload)))
    throw new DrumError("INPUT_EMPTY", "the CSV has a header and no rows");
}

/** A header of CSV does not begin with a bracket. */
function looksLikeJson(payload: Payload): boolean {
  if (payload.kind !== "bytes" || payload.mimetype === "text/mtx") return false;
  return /^\s*(\[\s*)?[[{]/.test(bytesOf(payload.data).toString("latin1", 0, 64));
}

function lacksLineEnds(payload: Payload): boolean {
  if (payload.kind !== "bytes" || payload.mimetype === "text/mtx") return false;
  const bytes = bytesOf(payload.data);
  return bytes.length > 0 && !bytes.includes("\n") && !bytes.includes("\r");
}

function hintOf(
  { code, message }: DrumError,
  names: readonly string[],
  { kind }: Payload,
): string | undefined {
  const [first = "", ...others] = names;
  const separator = separators.find(([character]) => first.includes(character));
  if (kind !== "table" && others.length === 0 && separator)
    return `the CSV seems to be separated by ${separator[1]}; separate its cells by commas`;
  if (!ofHooks.includes(code) || !lacksColumn.test(message)) return undefined;
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `the input has the columns ${names.slice(0, mostNames).join(", ")}${more}`;
}

/** Undefined for Matrix Market, and for a header that is longer than what is looked at. */
async function columnNames(payload: Payload): Promise<readonly string[] | undefined> {
  if (payload.kind === "table") return payload.table.columns.map(({ name }) => name);
  if (payload.mimetype === "text/mtx") return undefined;
  const head =
    payload.kind === "file" ? await headOf(payload.path) : bytesOf(payload.data).subarray(0, headSize);
  const { names, rows } = recordsIn(head, "the CSV");
  return rows.length > 0 || head.length < headSize ? names : undefined;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headSize), 0, headSize, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

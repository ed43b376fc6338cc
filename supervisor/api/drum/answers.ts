// Writes the response in the media type that the request accepts: JSON, CSV or Arrow for predictions; a form, CSV or Arrow for
// transformed data.

import { Readable } from "node:stream";
import Negotiator from "negotiator";
import { csvChunks, type Written } from "../../formats/csv/write.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { allColumns, rowsPerChunk } from "../../predictions/files.js";
import { predictionsAsJson, predictionsAsJsonChunks } from "../../predictions/json.js";
import { type Transformed, tableOf } from "../../predictions/transformed.js";
import type { Answer } from "../bodies/send.js";
import { formOf } from "./form.js";

type Write = (written: Written) => Promise<Buffer | Readable>;

const asCsv: Write = async (checked) => {
  const chunks = csvChunks(checked, rowsPerChunk);
  return checked.predictions.rows > rowsPerChunk ? streamed(chunks) : Buffer.concat([...chunks]);
};

/**
 * Makes each chunk when the previous one is sent, so that a client that does not read holds at most one. Makes the first chunk now, so
 * that a failure to write it gets its status.
 */
function streamed(chunks: Iterable<Buffer>): Readable {
  const all = chunks[Symbol.iterator]();
  const first = all.next();
  const rest = { [Symbol.iterator]: () => all };
  return Readable.from(
    (function* () {
      if (!first.done) yield first.value;
      yield* rest;
    })(),
    { objectMode: false },
  );
}

const asArrow: Write = async (checked) => {
  const { writeArrowBytes } = await import("../../formats/arrow/arrow.js");
  return writeArrowBytes(allColumns(checked), "stream");
};

const others: Readonly<Record<string, Write>> = {
  "text/csv": asCsv,
  "application/vnd.apache.arrow.stream": asArrow,
  "application/x-apache-arrow-stream": asArrow,
};

/** JSON, unless another type comes first in `accept`. Clients that accept anything expect JSON, as from DRUM. */
export function answerOf(checked: CheckedPredictions, accept: string | undefined): Answer | Promise<Answer> {
  const contentType = askedInstead("application/json", accept);
  if (contentType === undefined) {
    const isLarge = checked.predictions.rows > rowsPerChunk;
    const body = isLarge ? streamed(predictionsAsJsonChunks(checked)) : predictionsAsJson(checked);
    return { contentType: "application/json", body };
  }
  return others[contentType]!(checked).then((body) => ({ contentType, body }));
}

export interface TransformedWishes {
  accept: string | undefined;
  /** Of the tables in a form; null for CSV. */
  arrowVersion: string | null;
}

/** A form, as in DRUM, unless CSV or Arrow comes first in `accept`. CSV and Arrow hold only the data. */
export async function answerTransformed(
  transformed: Transformed,
  { accept, arrowVersion }: TransformedWishes,
): Promise<Answer> {
  const contentType = askedInstead("multipart/form-data", accept);
  if (contentType === undefined) return formOf(transformed, arrowVersion);
  const body = await others[contentType]!({ predictions: tableOf(transformed.data), extra: null });
  return { contentType, body };
}

/** The other type that the client prefers to `usual`, if any. */
function askedInstead(usual: string, accept: string | undefined): string | undefined {
  // What nearly all clients send.
  if (accept === undefined || accept === "*/*" || accept === usual) return undefined;
  const preferred = new Negotiator({ headers: { accept } }).mediaType([usual, ...Object.keys(others)]);
  return preferred === usual ? undefined : preferred;
}

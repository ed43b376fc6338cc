// Predictions in the media type that the request accepts: JSON, CSV or Arrow.

import type { CheckedPredictions } from "../predictions/check.js";
import { csvChunks } from "../predictions/csv.js";
import { allColumns, rowsPerChunk } from "../predictions/files.js";
import { predictionsAsJson } from "../predictions/json.js";

export interface Answer {
  contentType: string;
  body: string | Buffer;
}

type Write = (checked: CheckedPredictions) => Promise<Buffer>;

const asCsv: Write = async (checked) => Buffer.concat([...csvChunks(checked, rowsPerChunk)]);

const asArrow: Write = async (checked) => {
  const { writeArrowBytes } = await import("../../protocol/arrow.js");
  return writeArrowBytes(allColumns(checked), "stream");
};

const others: Readonly<Record<string, Write>> = {
  "text/csv": asCsv,
  "application/vnd.apache.arrow.stream": asArrow,
  "application/x-apache-arrow-stream": asArrow,
};

/** JSON unless one of the others comes first in `accept`: who accepts anything expects what DRUM answers. */
export function answerOf(checked: CheckedPredictions, accept: string | undefined): Answer | Promise<Answer> {
  const contentType = accept === undefined || accept === "*/*" ? undefined : firstKnown(accept);
  if (contentType === undefined) return { contentType: "application/json", body: predictionsAsJson(checked) };
  return others[contentType]!(checked).then((body) => ({ contentType, body }));
}

function firstKnown(accept: string): string | undefined {
  const types = accept.split(",").map((one) => one.replace(/;.*/s, "").trim().toLowerCase());
  const known = types.find((type) => type === "application/json" || Object.hasOwn(others, type));
  return known === "application/json" ? undefined : known;
}

// Test cases that change whole columns: empty ones, another order, the types of Arrow.

import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { csvBytes, withColumns, withoutColumn } from "../../formats/csv/records.js";
import { bodyPayload } from "../../formats/input/payload.js";
import type { Result } from "./report.js";
import { refusal } from "./report.js";
import {
  type Fault,
  judge,
  type Known,
  outcomeOf,
  outcomeOfRows,
  result,
  sampleOf,
  summary,
} from "./subject.js";
import { typedTable } from "./typed.js";

/** Whether the model predicts if a column has no values; what it predicts is not checked. */
export async function nullValueImputation(known: Known, name: string): Promise<Result> {
  const { records, kept, onProgress } = known;
  const { names } = records;
  const faults: Fault[] = [];
  for (const [at, column] of names.entries()) {
    onProgress(name, at, names.length);
    const changed = withoutColumn(records, at);
    const outcome = await outcomeOfRows(known, changed);
    if (!(outcome instanceof DrumError)) continue;
    const file = kept.keep(`missing-${at + 1}-${column}`, csvBytes(changed));
    faults.push({ status: "FAILED", finding: refusal(column, outcome, file) });
  }
  const all = counted(names.length, "column");
  return summary(name, faults, {
    good: `each of ${all} may be missing`,
    bad: `${faults.length} of ${all} may not be missing`,
  });
}

/**
 * An error is only a notice, since clients see it. So is a difference if the model says that it goes by position, or if it is built in and
 * knows no names.
 */
export async function columnOrder(known: Known, name: string): Promise<Result> {
  const { records, whole, kept, model } = known;
  const { length } = records.names;
  if (length < 2) return result(name, "SKIPPED", "there is one column");
  const last = length - 1;
  const turned = withColumns(records, [last, ...records.names.keys()].slice(0, length));
  const outcome = await outcomeOfRows(known, turned);
  const isPositional = model.signature ? model.signature.by === "position" : model.isBuiltIn;
  const isTold = outcome instanceof DrumError || isPositional;
  const subject = "the last column first";
  const file = () => (isTold ? known.path : kept.keep("column-order", csvBytes(turned)));
  const fault = judge(whole, outcome, { subject, file });
  const faults: Fault[] = fault ? [isTold ? { ...fault, status: "NOTICE" } : fault] : [];
  return summary(name, faults, {
    good: "the order makes no difference",
    bad: isTold ? "columns must keep their order" : "another order changes predictions without an error",
  });
}

/** The same rows with the types that pandas would give them. */
export async function predictionFromArrow(known: Known, name: string): Promise<Result> {
  const { whole, kept, model } = known;
  if (model.readsAnything) return result(name, "SKIPPED", "a hook reads the file itself");
  const sample = sampleOf(known);
  const subject = `rows 0 to ${sample.rows.length - 1}`;
  const { writeArrowBytes } = await import("../../formats/arrow/arrow.js");
  const bytes = writeArrowBytes(await typedTable(csvBytes(sample), model.signature));
  const payload = await bodyPayload(bytes, { mimetype: null, charset: null });
  const outcome = await outcomeOf(known, payload);
  const file = (isFault: boolean) => (isFault ? kept.keep("rows", bytes, "arrow") : known.path);
  const fault = judge(whole, outcome, { subject, from: 0, sides: ["from CSV", "from Arrow"], file });
  return summary(name, fault ? [fault] : [], {
    good: `as from CSV: ${counted(sample.rows.length, "row")}`,
    bad: "not as from CSV",
  });
}

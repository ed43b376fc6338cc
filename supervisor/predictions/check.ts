// Checks a table of predictions against the target type and builds the table that is written out.
// The same rules apply to every language, after score and after post_process.

import type { Column, Table } from "../../protocol/messages.js";
import { checkColumn } from "../../protocol/table.js";
import { counted } from "../counted.js";
import { DrumError } from "../errors.js";
import { type Floats, isNumeric, numbersOf } from "../formats/text/numbers.js";
import { matchLabels, normalLabel } from "./labels.js";
import { checkProbabilities } from "./probabilities.js";
import { type TableTargetType, type TargetRule, targetRules } from "./targets.js";

export interface GivenPredictions {
  /** As the worker sent them. */
  predictions: Table;
  /** Whether the column names are meaningful. */
  labelled: boolean;
  /** Rows of the input; null if unknown. */
  rows: number | null;
  /** Row labels, null for 0 … n-1. */
  index: Column | null;
}

export interface ExpectedPredictions {
  targetType: TableTargetType;
  /** Binary: [negative, positive]; multiclass and multilabel: as requested; empty for other types. */
  labels: readonly string[];
  /** Name of the prediction column of text-like targets. */
  targetName: string | undefined;
}

export interface CheckedPredictions {
  targetType: TableTargetType;
  /** One column per requested label, in the model's order, or one column of values. Column types are the model's. */
  predictions: Table;
  /** Other columns that a hook returned with the predictions. */
  extra: Table | null;
  index: Column | null;
}

/** The columns, split into predictions and extra output. */
interface Columns {
  predictions: Column[];
  extra: Column[];
}

/**
 * Throws PREDICTIONS_INVALID if the table does not fit or holds text where the target type has numbers, PARAMS_INVALID if the index does
 * not fit the table.
 */
export function checkPredictions(given: GivenPredictions, expected: ExpectedPredictions): CheckedPredictions {
  const { rows } = given.predictions;
  checkRows(rows, given.rows);
  const rule: TargetRule = targetRules[expected.targetType];
  const columns = rule.shape === "classes" ? classColumns(given, expected) : singleColumn(given, expected);
  const predictions = { rows, columns: columns.predictions };
  if (rule.shape === "classes") checkProbabilities(predictions, rule.exclusive);
  else if (rule.cells === "numbers") checkNumbers(columns.predictions[0]!, rows, expected);
  return {
    targetType: expected.targetType,
    predictions,
    extra: columns.extra.length === 0 ? null : { rows, columns: columns.extra },
    index: given.index && checkColumn({ ...given.index }, rows),
  };
}

/** Texts must read as numbers. Numbers are not converted here, since that would cost a copy. */
function checkNumbers(column: Column, rows: number, { targetType }: ExpectedPredictions): void {
  if (!isNumeric(column)) numbersOf(column, rows, `the ${targetType} prediction`);
}

function checkRows(got: number, rows: number | null): void {
  if (rows === null || rows === got) return;
  const [out, into] = [got, rows].map((count) => counted(count, "row"));
  throw invalid(`the predictions have ${out} for ${into} of input; return one row per input row`);
}

/** As in DRUM, also for text-like targets, whose column is named after the target in what the hook returns. */
const outputName = "Predictions";

function singleColumn(given: GivenPredictions, { targetType, targetName }: ExpectedPredictions): Columns {
  const { columns } = given.predictions;
  const byTarget = targetRules[targetType].namedByTarget && targetName !== undefined;
  const name = byTarget ? withoutQuotes(targetName) : outputName;
  if (columns.length === 1) return { predictions: [{ ...columns[0]!, name: outputName }], extra: [] };
  const remedy = `return one column, or a data frame with the predictions in a column named ${quoted(name)}`;
  if (columns.length === 0 || !given.labelled) {
    throw invalid(
      `the ${targetType} predictions have the wrong number of columns; expected 1, got ${columns.length}; ${remedy}`,
    );
  }
  const isPrediction = (column: Column) => column.name === name || (byTarget && column.name === targetName);
  const found = columns.filter(isPrediction);
  if (found.length !== 1) {
    const what = found.length === 0 ? "no column" : `${found.length} columns`;
    throw invalid(
      `${what} of the ${targetType} predictions ${found.length > 1 ? "are" : "is"} named ${quoted(name)}; ` +
        `expected exactly one, got the columns ${listed(namesOf(columns))}; ${remedy}`,
    );
  }
  return {
    predictions: [{ ...found[0]!, name: outputName }],
    extra: columns.filter((column) => !isPrediction(column)),
  };
}

/** A variable set as `TARGET_NAME='"text"'` reaches us with its double quotes. */
function withoutQuotes(name: string): string {
  return name.length > 1 && name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name;
}

function classColumns(given: GivenPredictions, expected: ExpectedPredictions): Columns {
  const { predictions, labelled } = given;
  const { columns } = predictions;
  const { targetType, labels } = expected;
  if (columns.length === 1 && labels.length === 2 && targetRules[targetType].exclusive) {
    return { predictions: bothClasses(predictions, labelled, labels), extra: [] };
  }
  if (columns.length === labels.length) {
    const names = labelled ? matchLabels(namesOf(columns), labels) : labels;
    if (!names) throw labelsDiffer(columns, labels);
    return { predictions: columns.map((column, at) => ({ ...column, name: names[at]! })), extra: [] };
  }
  if (labelled && columns.length > labels.length) return labelsAmongOthers(columns, labels);
  throw wrongCount(columns.length, expected);
}

/**
 * Derives both class columns from one. The given column belongs to the second label (the positive one) unless it is named
 * after the first. The derived column has the same float type, so that float32 stays short.
 */
function bothClasses({ rows, columns }: Table, labelled: boolean, labels: readonly string[]): Column[] {
  const given = columns[0]!;
  const [first, second] = labels as [string, string];
  const isFirst = labelled && given.name !== second && normalLabel(given.name) === normalLabel(first);
  const own = isFirst ? first : second;
  const named = { ...given, name: own };
  // Checked first: otherwise the error would blame the derived column.
  checkProbabilities({ rows, columns: [named] }, false);
  const values = numbersOf(given, rows, `the probability of ${own}`);
  const complement: Floats = values.map((value) => 1 - value);
  const other: Column = {
    name: isFirst ? second : first,
    type: complement instanceof Float32Array ? "float32" : "float64",
    data: new Uint8Array(complement.buffer, complement.byteOffset, complement.byteLength),
    validity: null,
    offsets: null,
  };
  return isFirst ? [named, other] : [other, named];
}

/** With more columns than labels, the columns named exactly like a label are the predictions. */
function labelsAmongOthers(columns: readonly Column[], labels: readonly string[]): Columns {
  const requested = new Set(labels);
  const predictions = columns.filter(({ name }) => requested.has(name));
  const names = new Set(namesOf(predictions));
  const missing = labels.filter((label) => !names.has(label));
  if (missing.length > 0 || names.size !== predictions.length) {
    const fault = missing.length > 0 ? `lack ${listed(missing)}` : "have a label more than once";
    throw invalid(
      `the prediction columns ${fault}; expected every class label once (${listed(labels)}), got ` +
        `${listed(namesOf(columns))}; name the probability columns exactly like the labels`,
    );
  }
  return { predictions, extra: columns.filter(({ name }) => !requested.has(name)) };
}

function labelsDiffer(columns: readonly Column[], labels: readonly string[]): DrumError {
  return invalid(
    `the class labels of the predictions differ from those requested; expected ${listed(labels)}, got ` +
      `${listed(namesOf(columns))}; request the model's labels, or name the columns like the labels`,
  );
}

function wrongCount(count: number, { targetType, labels }: ExpectedPredictions): DrumError {
  const expected = `${labels.length} columns, one per class label (${listed(labels)})`;
  if (count !== 1) {
    return invalid(
      `the ${targetType} predictions have the wrong number of columns; expected ${expected}, got ${count}; ` +
        "return one probability column per label",
    );
  }
  return invalid(
    `the ${targetType} predictions have one column; expected ${expected}, got 1, which suffices only for two ` +
      "mutually exclusive classes; return one probability column per label",
  );
}

function namesOf(columns: readonly Column[]): string[] {
  return columns.map(({ name }) => name);
}

/** Names for a message, ten at most. */
function listed(names: readonly string[]): string {
  const some = names.slice(0, 10).map(quoted).join(", ");
  return names.length > 10 ? `${some} and ${names.length - 10} more` : some;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

function invalid(message: string): DrumError {
  return new DrumError("PREDICTIONS_INVALID", message);
}

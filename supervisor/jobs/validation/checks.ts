// The test cases for models whose predictions are a table, in order. All use the same loaded model; if its worker dies, the next case
// gets a new one.

import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { numbersOf } from "../../formats/text/numbers.js";
import type { Comparable } from "../../predictions/compare.js";
import { targetRules } from "../../predictions/targets.js";
import { missingCells, textInNumbers, unknownLevels } from "./cells.js";
import { columnOrder, nullValueImputation, predictionFromArrow } from "./columns.js";
import { halves, singleRows } from "./pieces.js";
import { type Result, refusal } from "./report.js";
import { judge, type Known, mayDiffer, outcomeOf, result, type Subject, summary } from "./subject.js";

const basic = "basic batch prediction";
const repeated = "repeated prediction";
const furtherChecks: readonly [string, (known: Known, name: string) => Promise<Result>][] = [
  ["null value imputation", nullValueImputation],
  ["prediction in halves", halves],
  ["prediction of single rows", singleRows],
  ["column order", columnOrder],
  ["prediction from Arrow", predictionFromArrow],
  ["missing cells", missingCells],
  ["unknown levels", unknownLevels],
  ["text in numbers", textInNumbers],
];

export async function runChecks(subject: Subject): Promise<Result[]> {
  subject.onProgress(basic);
  const startedAt = performance.now();
  const whole = await outcomeOf(subject, subject.input);
  if (whole instanceof DrumError) {
    const finding = refusal("the unchanged data", whole, subject.path);
    return unpredicted(result(basic, "FAILED", "the data cannot be predicted", [finding]));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  const { rows } = whole.predictions;
  const fault = faultOf(whole, subject);
  if (fault !== undefined) return unpredicted(result(basic, "FAILED", fault));
  const results = [
    looksLikeLabels(whole)
      ? result(basic, "NOTICE", "every probability is 0 or 1; check that the model does not return labels")
      : result(basic, "PASSED", `${counted(rows, "row")} in ${seconds} s`),
  ];
  subject.onProgress(repeated);
  results.push(await repeat(subject, whole));
  const { records } = subject;
  const obstacle = !records
    ? "a Matrix Market file is not split into rows"
    : records.rows.length === rows
      ? undefined
      : `the input has ${counted(records.rows.length, "row")}, and the model returned ${counted(rows, "prediction")}`;
  for (const [further, check] of furtherChecks) {
    subject.onProgress(further);
    const skipped = obstacle && result(further, "SKIPPED", obstacle);
    const known = { ...subject, records: records!, whole };
    results.push(
      skipped || (await check(known, further).catch((error) => unreadable(error, further, subject))),
    );
  }
  return results;
}

/** The model took a file that is no CSV. */
function unreadable(error: unknown, name: string, { path }: Subject): Result {
  if (!(error instanceof DrumError)) throw error;
  return result(name, "FAILED", "the file is no CSV, yet the model predicts", [
    refusal("the file", error, path),
  ]);
}

function unpredicted(failed: Result): Result[] {
  const skipped = [repeated, ...furtherChecks.map(([further]) => further)].map((further) =>
    result(further, "SKIPPED", "there are no predictions to compare with"),
  );
  return [failed, ...skipped];
}

/** Why predictions that came are none; undefined if there is nothing to say. */
function faultOf({ targetType, predictions }: Comparable, { records, model }: Subject): string | undefined {
  const { rows, columns } = predictions;
  const given = records?.rows.length;
  if (given === 0) return "the input has no rows; give --input rows to predict";
  if (rows === 0) return `the model returned no predictions for ${counted(given ?? 0, "row")}`;
  const loses = given !== undefined && given !== rows && !model.readsAnything && targetType !== "transform";
  if (loses) return `the model returned ${counted(rows, "prediction")} for ${counted(given, "row")}`;
  if (targetType === "transform" || mayDiffer({ targetType, predictions })) return undefined;
  const isMissing = columns.every((column) => numbersOf(column, rows, column.name).every(Number.isNaN));
  return isMissing ? "the prediction of every row is missing" : undefined;
}

/** Whether probabilities could be class numbers. Two rows may be certain by chance. */
function looksLikeLabels({ targetType, predictions }: Comparable): boolean {
  const { rows, columns } = predictions;
  if (targetType === "transform" || targetRules[targetType].shape !== "classes" || rows < 3) return false;
  return columns.every((column) =>
    numbersOf(column, rows, column.name).every((number) => number === 0 || number === 1),
  );
}

async function repeat(subject: Subject, whole: Comparable): Promise<Result> {
  const { path } = subject;
  const fault = judge(whole, await outcomeOf(subject, subject.input), {
    subject: "all rows",
    file: () => path,
  });
  return summary(repeated, fault ? [fault] : [], {
    good: "the same predictions the second time",
    bad: "not the same predictions the second time",
  });
}

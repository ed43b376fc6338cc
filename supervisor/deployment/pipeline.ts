// The way of one request through the stages of a release: which worker is given what, and what is made of its answer.

import { checkMatrix } from "../../protocol/matrix.js";
import type {
  Params,
  Payload,
  PostProcessResult,
  PredictResult,
  Table,
  TransformResult,
  Value,
} from "../../protocol/messages.js";
import { checkTable } from "../../protocol/table.js";
import { DrumError, messageOf } from "../errors.js";
import { checkOutput } from "../model/type-check.js";
import { type CheckedPredictions, checkPredictions } from "../predictions/check.js";
import { targetRules } from "../predictions/targets.js";
import { type Transformed, withColumnNames } from "../predictions/transformed.js";
import type { Part, Release } from "./release.js";
import type { Stage } from "./stages.js";

/** Asks a part's workers. */
export type Ask = (part: Part, method: Stage["method"], params: Params) => Promise<Value>;

/** What the stages before scoring made of the payload. */
interface Prepared {
  rows: number;
  table: Table;
  index: TransformResult["index"];
}

/**
 * Reads, transforms and scores in workers, checks, and post-processes where the model has a hook for it. A single language may be
 * asked before its stages are known, so they are looked at one after the other.
 */
export async function predictThrough(
  release: Release,
  payload: Payload,
  ask: Ask,
): Promise<CheckedPredictions> {
  if (release.stages[0]?.method === "chat") throw chatsAlone(release);
  const read = await prepare(release, payload, ask);
  return postProcess(release, await score(release, read ?? payload, ask), ask);
}

/** Reads and transforms in workers, and checks. For the target type transform; `target` goes to the worker that transforms. */
export async function transformThrough(
  release: Release,
  { payload, target }: { payload: Payload; target: Payload | null },
  ask: Ask,
): Promise<Transformed> {
  const read = await prepare(release, payload, ask);
  const params = {
    payload: payloadOf(read ?? payload),
    target: target as unknown as Params | null,
    sparse: true,
  };
  const result = (await ask(release.scorer, "transform", params)) as unknown as TransformResult;
  const data = result.matrix
    ? readWire(checkMatrix, result.matrix, "matrix of transformed data")
    : readTable(result.table, "transformed data");
  const rows = read?.rows ?? result.rows;
  if (data.rows !== rows) throw rowsDiffer(release.scorer.language.name, data.rows, rows);
  const named = withColumnNames(data);
  if (release.model.metadata?.typeSchema) checkOutput(release.model.metadata.typeSchema, named);
  return {
    data: named,
    target: result.target ? readTable(result.target, "the target") : null,
  };
}

/** What the stages before scoring make of the payload; undefined where the worker that scores reads and transforms itself. */
async function prepare(release: Release, payload: Payload, ask: Ask): Promise<Prepared | undefined> {
  // Most models have one stage, and nothing to look for.
  if (release.stages.length < 2) return undefined;
  let read: Prepared | undefined;
  for (const { language, method } of release.stages.slice(0, Math.max(release.scoringStage, 0))) {
    const params = { payload: payloadOf(read ?? payload) };
    const result = (await ask(release.partOf(language), method, params)) as unknown as TransformResult;
    const table = readTable(result.table, "transformed data");
    const rows = read?.rows ?? result.rows;
    if (table.rows !== rows) throw rowsDiffer(language, table.rows, rows);
    read = { rows, table, index: result.index ?? read?.index ?? null };
  }
  return read;
}

async function score(release: Release, given: Prepared | Payload, ask: Ask): Promise<CheckedPredictions> {
  const params = { payload: payloadOf(given) };
  const result = (await ask(release.scorer, "predict", params)) as unknown as PredictResult;
  if ("kind" in given) return check(release, result, result.rows);
  const checked = check(release, result, given.rows);
  return { ...checked, index: checked.index ?? given.index };
}

async function postProcess(
  release: Release,
  before: CheckedPredictions,
  ask: Ask,
): Promise<CheckedPredictions> {
  const last = release.stages.at(-1);
  if (last?.method !== "post_process") return before;
  const params = { predictions: before.predictions as unknown as Params };
  const answer = await ask(release.partOf(last.language), last.method, params);
  const checked = check(release, answer as unknown as PostProcessResult, before.predictions.rows);
  return {
    ...checked,
    extra: joinExtra(before.extra, checked.extra),
    index: checked.index ?? before.index,
  };
}

function payloadOf(given: Prepared | Payload): Params {
  const payload: Payload = "kind" in given ? given : { kind: "table", table: given.table };
  return payload as unknown as Params;
}

function check(
  { model }: Release,
  { predictions, labelled, index }: PostProcessResult,
  rows: number | null,
): CheckedPredictions {
  const { type, labels, name } = model.target;
  if (!Object.hasOwn(targetRules, type)) throw new Error(`a model of type ${type} has no predictions`);
  return checkPredictions(
    { predictions: readTable(predictions, "predictions"), labelled, rows, index },
    { targetType: type as keyof typeof targetRules, labels, targetName: name },
  );
}

function readTable(table: unknown, what: string): Table {
  return readWire(checkTable, table, `table of ${what}`);
}

function readWire<Checked>(check: (value: Value) => Checked, value: unknown, what: string): Checked {
  try {
    return check(value as Value);
  } catch (error) {
    throw new DrumError("PROTOCOL_BROKEN", `the worker's answer holds no ${what}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function chatsAlone({ model }: Release): DrumError {
  return new DrumError(
    "HOOK_MISSING",
    `${model.name} has a chat hook and nothing that scores rows; POST to /chat/completions, or define score`,
  );
}

function rowsDiffer(language: string, got: number, rows: number): DrumError {
  return new DrumError(
    "HOOK_RESULT_INVALID",
    `transform, in ${language}, returned ${got} rows for ${rows} of input; return one row per input row`,
  );
}

function joinExtra(before: CheckedPredictions["extra"], after: CheckedPredictions["extra"]) {
  if (!before || !after) return before ?? after;
  return { rows: after.rows, columns: [...before.columns, ...after.columns] };
}

// The way of one request through the stages of a release: which worker is given what, and what is made of its answer.

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
import { type CheckedPredictions, checkPredictions } from "../predictions/check.js";
import type { Part, Release } from "./release.js";
import type { Stage } from "./stages.js";

/** Asks a part's workers. */
export type Ask = (part: Part, method: Stage["method"], params: Params) => Promise<Value>;

/** What the stages before scoring made of the payload. */
interface Transformed {
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
  const read = release.stages.length > 1 ? await transform(release, payload, ask) : undefined;
  return postProcess(release, await score(release, read ?? payload, ask), ask);
}

/** Undefined where the worker that scores reads and transforms itself. */
async function transform(release: Release, payload: Payload, ask: Ask): Promise<Transformed | undefined> {
  let read: Transformed | undefined;
  for (const { language, method } of release.stages) {
    if (method !== "transform") break;
    const params = { payload: payloadOf(read ?? payload) };
    const result = (await ask(release.partOf(language), method, params)) as unknown as TransformResult;
    const table = readTable(result.table, "transformed data");
    const rows = read?.rows ?? result.rows;
    if (table.rows !== rows) throw rowsDiffer(language, table.rows, rows);
    read = { rows, table, index: result.index ?? read?.index ?? null };
  }
  return read;
}

async function score(release: Release, given: Transformed | Payload, ask: Ask): Promise<CheckedPredictions> {
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

function payloadOf(given: Transformed | Payload): Params {
  const payload: Payload = "kind" in given ? given : { kind: "table", table: given.table };
  return payload as unknown as Params;
}

function check(
  { model }: Release,
  { predictions, labelled, index }: PostProcessResult,
  rows: number | null,
): CheckedPredictions {
  const { type, labels, name } = model.target;
  if (type === "unstructured") throw new Error("an unstructured model has no table of predictions");
  return checkPredictions(
    { predictions: readTable(predictions, "predictions"), labelled, rows, index },
    { targetType: type, labels, targetName: name },
  );
}

function readTable(table: unknown, what: string): Table {
  try {
    return checkTable(table as Value);
  } catch (error) {
    throw new DrumError(
      "PROTOCOL_BROKEN",
      `the worker's answer holds no table of ${what}: ${messageOf(error)}`,
      { cause: error },
    );
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

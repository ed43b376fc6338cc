// One request along its route: what each worker gets, and what becomes of its response.

import type {
  Method,
  Methods,
  Payload,
  PostProcessResult,
  Table,
  TransformResult,
} from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import type { ModelSpec } from "../../model/model.js";
import { checkOutput } from "../../model/type-check.js";
import { type CheckedPredictions, checkPredictions } from "../../predictions/check.js";
import { targetRules } from "../../predictions/targets.js";
import { type Transformed, withColumnNames } from "../../predictions/transformed.js";
import type { Part, Route } from "./route.js";

/** Sends a request to the workers of a part. */
export type Ask = <M extends Method>(
  part: Part,
  method: M,
  params: Methods[M]["params"],
) => Promise<Methods[M]["result"]>;

/** These hooks may have side effects, so their requests are never repeated. */
const impure: ReadonlySet<Method> = new Set(["score_unstructured", "chat"]);
/** The methods that a worker with several threads runs at once. */
const concurrent: ReadonlySet<Method> = new Set(["score_unstructured", "chat", "call", "infer"]);

/** How workers may handle a request. */
export function natureOf<M extends Method>(method: M, params: Methods[M]["params"]) {
  // Feedback counts, so it is not given twice. Of a stream, the caller may have had a part already.
  const isFeedback = "method" in params && params.method === "send_feedback";
  const isStream = "stream" in params && params.stream === true;
  const pure = !impure.has(method) && !isFeedback && !isStream;
  return { pure, concurrent: concurrent.has(method) };
}

/** The payload after the parts before the scorer. */
interface Prepared {
  rows: number;
  table: Table;
  index: TransformResult["index"];
}

/** Reads, transforms and scores in workers, and checks the predictions. */
export async function score(
  { scorer, preparers, chatsAlone }: Route,
  model: ModelSpec,
  { payload, ask }: { payload: Payload; ask: Ask },
): Promise<CheckedPredictions> {
  if (chatsAlone) throw nothingScores(model);
  if (preparers.length === 0) {
    const result = await ask(scorer, "predict", { payload });
    return check(model, result, result.rows);
  }
  const prepared = await prepare(preparers, payload, ask);
  const result = await ask(scorer, "predict", { payload: { kind: "table", table: prepared.table } });
  const checked = check(model, result, prepared.rows);
  return { ...checked, index: checked.index ?? prepared.index };
}

/** Runs the model's post_process hook on the predictions; without one, returns them unchanged. */
export async function postProcess(
  { postProcessor }: Route,
  model: ModelSpec,
  { before, ask }: { before: CheckedPredictions; ask: Ask },
): Promise<CheckedPredictions> {
  if (!postProcessor) return before;
  const { predictions } = before;
  const checked = check(model, await ask(postProcessor, "post_process", { predictions }), predictions.rows);
  return {
    ...checked,
    extra: joinExtra(before.extra, checked.extra),
    index: checked.index ?? before.index,
  };
}

/** For the target type transform: reads and transforms in workers, and checks. `target` goes to the worker that transforms. */
export async function transform(
  { scorer, preparers }: Route,
  { metadata }: ModelSpec,
  { payload, target, ask }: { payload: Payload; target: Payload | null; ask: Ask },
): Promise<Transformed> {
  const prepared = preparers.length > 0 ? await prepare(preparers, payload, ask) : undefined;
  const given: Payload = prepared ? { kind: "table", table: prepared.table } : payload;
  const result = await ask(scorer, "transform", { payload: given, target, sparse: true });
  checkRows(scorer, result.data.rows, prepared?.rows ?? result.rows);
  const data = withColumnNames(result.data);
  if (metadata?.typeSchema) checkOutput(metadata.typeSchema, data);
  return { data, target: result.target };
}

async function prepare(preparers: readonly Part[], payload: Payload, ask: Ask): Promise<Prepared> {
  let prepared: Prepared | undefined;
  for (const part of preparers) {
    const given: Payload = prepared ? { kind: "table", table: prepared.table } : payload;
    const { rows, data, index } = await ask(part, "transform", { payload: given });
    const known: number = prepared?.rows ?? rows;
    checkRows(part, data.rows, known);
    // Without `sparse` in the request, the response is a table.
    prepared = { rows: known, table: data as Table, index: index ?? prepared?.index ?? null };
  }
  return prepared!;
}

function check(
  { target: { type, labels, name } }: ModelSpec,
  { predictions, labelled, index }: PostProcessResult,
  rows: number | null,
): CheckedPredictions {
  if (!Object.hasOwn(targetRules, type)) throw new Error(`a model of type ${type} has no predictions`);
  return checkPredictions(
    { predictions, labelled, rows, index },
    { targetType: type as keyof typeof targetRules, labels, targetName: name },
  );
}

function nothingScores({ name }: ModelSpec): DrumError {
  return new DrumError(
    "HOOK_MISSING",
    `${name} has a chat hook but cannot score rows; POST to /chat/completions, or define the hook score`,
  );
}

function checkRows({ language }: Part, got: number, rows: number): void {
  if (got === rows) return;
  throw new DrumError(
    "HOOK_RESULT_INVALID",
    `transform in ${language.name} returned ${counted(got, "row")} for ${counted(rows, "input row")}; return one row per input row`,
  );
}

function joinExtra(before: CheckedPredictions["extra"], after: CheckedPredictions["extra"]) {
  if (!before || !after) return before ?? after;
  return { rows: after.rows, columns: [...before.columns, ...after.columns] };
}

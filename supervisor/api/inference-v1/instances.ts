// V1 for classes that answer tensors: instances become the tensors of a request, and the first output the predictions.

import { DrumError } from "../../errors.js";
import { exactJson, parseExactly } from "../../formats/exact-json.js";
import type { InferRequest, Parameters, Tensor } from "../../formats/inference/message.js";
import { isMap } from "../../formats/json.js";
import { checkHalves } from "../../formats/json-text.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Departure } from "../../serving/worker/departure.js";
import { inferenceOf, inJson, withHeaders } from "../inference-v2/infer.js";

/** Who asks, and what the headers of the request are, which classes for tensors read. */
export interface Asker {
  departure: Departure;
  headers: Readonly<Record<string, unknown>>;
}

/** `instances` is a JSON array. Throws INPUT_INVALID for one without rows of one kind, and what infer throws. */
export async function predictTensors(
  deployment: Deployment,
  instances: string,
  { departure, headers }: Asker,
): Promise<string> {
  const rows = parseExactly(instances) as unknown[];
  checkHalves(instances, rows);
  const request = withHeaders(requestOf(rows, deployment.name), headers);
  const answer = String(inJson(await inferenceOf(deployment, request, departure)));
  const { outputs } = parseExactly(answer) as { outputs: { shape: number[]; data: unknown[] }[] };
  const [output] = outputs;
  if (!output)
    throw new DrumError("PREDICTIONS_INVALID", `${deployment.name} answered without an output; use V2`);
  return exactJson({ predictions: rowsOf(output) });
}

/** One matrix of lists, or a column for each name of objects. A single value is a row of one. */
function requestOf(rows: readonly unknown[], name: string): InferRequest {
  const unlike = () =>
    new DrumError(
      "INPUT_INVALID",
      `${name} takes instances that are all lists of one length, all objects with the same names, or all single values, at least one; got ${exactJson(rows).slice(0, 80)}`,
    );
  const request = (inputs: Tensor[], parameters: Parameters) => ({
    id: undefined,
    parameters,
    inputs,
    outputs: [],
  });
  const [first] = rows;
  if (first === undefined) throw unlike();
  if (isMap(first)) {
    const names = Object.keys(first);
    if (
      !rows.every(
        (row) => isMap(row) && Object.keys(row).length === names.length && names.every((one) => one in row),
      )
    )
      throw unlike();
    const columns = names.map((column) =>
      tensorOf(
        column,
        rows.map((row) => (row as Record<string, unknown>)[column]),
        [rows.length],
      ),
    );
    return request(columns, { content_type: "pd" });
  }
  const width = Array.isArray(first) ? first.length : undefined;
  if (!rows.every((row) => (Array.isArray(row) ? row.length === width : width === undefined && !isMap(row))))
    throw unlike();
  const shape = width === undefined ? [rows.length] : [rows.length, width];
  return request([tensorOf("instances", rows.flat(), shape)], {});
}

/** Throws INPUT_INVALID for cells of several kinds. */
function tensorOf(name: string, cells: readonly unknown[], shape: readonly number[]): Tensor {
  const are = (kind: string) => cells.every((cell) => typeof cell === kind);
  const datatype = are("boolean")
    ? "BOOL"
    : are("string")
      ? "BYTES"
      : cells.every((cell) => Number.isSafeInteger(cell) || typeof cell === "bigint")
        ? "INT64"
        : "FP64";
  if (
    datatype !== "FP64" ||
    cells.every((cell) => cell === null || typeof cell === "number" || typeof cell === "bigint")
  )
    return { name, shape, datatype, parameters: {}, data: cells };
  throw new DrumError(
    "INPUT_INVALID",
    `${name} holds values of several kinds, such as numbers and texts; send objects with the names of columns`,
  );
}

/** One value a row, or a list of values. */
function rowsOf({ shape, data }: { shape: readonly number[]; data: readonly unknown[] }): unknown[] {
  const [rows = data.length] = shape;
  const width = rows === 0 ? 1 : data.length / rows;
  if (width === 1) return [...data];
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

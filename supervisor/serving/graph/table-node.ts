// A code directory as a node of a graph: the array of a message becomes a table with the model's columns, its predictions an array again.

import type { Table } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { rowsOf } from "../../formats/cells.js";
import { bodyPayload } from "../../formats/input/payload.js";
import { tableOf } from "../../predictions/transformed.js";
import type { Deployment } from "../deployment/deployment.js";
import type { NodeCall } from "./executor.js";
import { type Message, readMessage } from "./message.js";

/** The answer of a code directory. Throws INPUT_INVALID for a message without rows, and INPUT_UNSUPPORTED for other calls. */
export async function askCodeDirectory(
  deployment: Deployment,
  call: NodeCall,
  text: string,
): Promise<string> {
  if (call === "send_feedback") return text;
  const transforms = deployment.release.model.target.type === "transform";
  if (call !== (transforms ? "transform_input" : "predict")) {
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `${deployment.name} is a code directory, which answers ${transforms ? "transform_input" : "predict"}, not ${call}; use a wrapper class`,
    );
  }
  const message = readMessage(text, deployment.name);
  const rows = rowsIn(message, deployment.name);
  const columns = columnNames(rows[0]?.length ?? 0, message.data?.names, deployment);
  const body = Buffer.from(JSON.stringify({ columns, data: rows }));
  const payload = await bodyPayload(body, { mimetype: "application/json", charset: null });
  const table = transforms
    ? tableOf((await deployment.transform(payload, null)).data)
    : (await deployment.predict(payload)).predictions;
  return JSON.stringify({ data: arrayOf(table, message), meta: message.meta ?? {} });
}

function rowsIn({ data }: Message, name: string): unknown[][] {
  const { tensor, ndarray } = data ?? {};
  if (tensor) {
    const { shape = [], values = [] } = tensor;
    const [rows = 1, columns = values.length] = shape;
    if (shape.length === 2 && rows * columns === values.length)
      return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
  } else if (Array.isArray(ndarray) && ndarray.length > 0 && ndarray.every(Array.isArray)) return ndarray;
  throw new DrumError(
    "INPUT_INVALID",
    `${name} takes rows: an ndarray or tensor of two dimensions, at least one row; got ${data ? JSON.stringify(data).slice(0, 80) : "no data"}`,
  );
}

/** Those of the message, if they are as many; else those that the model knows; else numbers. */
export function columnNames(
  count: number,
  names: readonly string[] | undefined,
  { release }: Deployment,
): string[] {
  if (names?.length === count) return [...names];
  const known = release.route.scorer.loaded?.signature?.columns.map(({ name }) => name);
  if (known?.length === count) return known;
  return Array.from({ length: count }, (_, at) => String(at));
}

/** In the form of the request. */
function arrayOf(table: Table, { data }: Message) {
  const names = table.columns.map(({ name }) => name);
  const rows = rowsOf(table).map((row) => [row].flat());
  const values = rows.flat();
  if (!data?.tensor || values.some((value) => typeof value !== "number")) return { names, ndarray: rows };
  return { names, tensor: { shape: [rows.length, names.length], values } };
}

// A code directory as a node of a graph: the array of a message becomes a table with the model's columns, its predictions an array again.

import type { Table } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { valuesOf } from "../../formats/cells.js";
import { bodyPayload } from "../../formats/input/payload.js";
import { tableOf } from "../../predictions/transformed.js";
import type { Deployment } from "../deployment/deployment.js";
import type { NodeCall } from "./executor.js";
import { floatText, type Message, readMessage } from "./message.js";

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
  return `{"data":${arrayOf(table, message)},"meta":${JSON.stringify(message.meta ?? {})}}\n`;
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

/** In the form of the request. Floats are written as such, even if they are whole. */
function arrayOf({ columns, rows }: Table, { data }: Message): string {
  const names = JSON.stringify(columns.map(({ name }) => name));
  const cells = columns.map((column) => {
    const isFloat = column.type === "float64" || column.type === "float32";
    const write = isFloat ? floatText : (value: unknown) => JSON.stringify(value);
    return valuesOf(column, rows).map((value) => (value === null ? "null" : write(value as never)));
  });
  const lines = Array.from({ length: rows }, (_, row) => cells.map((column) => column[row]!).join(","));
  const isNumeric = cells.every((column) => column.every((cell) => /^-?\d/.test(cell)));
  if (!data?.tensor || !isNumeric)
    return `{"names":${names},"ndarray":[${lines.map((line) => `[${line}]`).join(",")}]}`;
  return `{"names":${names},"tensor":{"shape":[${rows},${columns.length}],"values":[${lines.join(",")}]}}`;
}

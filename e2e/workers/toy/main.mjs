// A whole worker in a few lines: its "model" is a number, and a prediction is that number times the sum of the row.

import { readFileSync } from "node:fs";
import { read, write } from "./wire.mjs";

let factor;

const methods = {
  ping: () => ({}),
  load({ artifacts }) {
    if (artifacts.length !== 1) throw { code: "ARTIFACT_MISSING", message: "expected one .toy file; add it" };
    factor = Number(readFileSync(artifacts[0], "utf8"));
    console.log("toy model loaded");
    return { hooks: [], predictor: "toy", payload_formats: { csv: null }, packages: {} };
  },
  predict({ payload }) {
    if (factor === undefined) throw { code: "NOT_LOADED", message: "predict came before load; load first" };
    const bytes = payload.kind === "file" ? readFileSync(payload.path) : payload.data;
    const rows = bytes
      .toString()
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number));
    const values = Float64Array.from(rows, (row) => factor * row.reduce((sum, cell) => sum + cell, 0));
    const column = {
      name: "toy",
      type: "float64",
      data: Buffer.from(values.buffer),
      validity: null,
      offsets: null,
    };
    return {
      rows: rows.length,
      predictions: { rows: rows.length, columns: [column] },
      labelled: true,
      index: null,
    };
  },
};

write([
  2,
  "hello",
  {
    protocol: 1,
    language: "toy",
    language_version: process.versions.node,
    worker_version: "1.0.0",
    executable: process.execPath,
    capabilities: { methods: Object.keys(methods), payloads: ["bytes", "file"], concurrency: 1 },
  },
]);

for (let message = read(); message; message = read()) {
  const [type, id, method, params] = message;
  if (type !== 0) continue;
  try {
    if (!methods[method])
      throw { code: "METHOD_UNKNOWN", message: `${method} is not known; see protocol/SPEC.md` };
    write([1, id, null, methods[method](params)]);
  } catch (error) {
    write([1, id, { code: error.code ?? "INTERNAL", message: error.message }, null]);
  }
}

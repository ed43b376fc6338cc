// Trained models of PyTorch, Keras and ONNX, against what the framework itself predicted when they were made.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { model, post, scored, serve } from "../drum.js";

type Prediction = number | Record<string, number>;

const names = {
  onnx: ["regression", "binary", "multiclass", "multilabel", "anomaly", "columns"],
  pytorch: ["regression", "binary", "multiclass", "multilabel", "anomaly"],
  keras: ["regression", "binary_h5", "multiclass", "multilabel", "anomaly", "columns"],
};
const all = Object.entries(names).flatMap(([framework, kinds]) =>
  kinds.map((kind) => `${framework}_${kind}`),
);

/** Of single precision, which one model in batches of two sizes does not keep to the last digit. */
function expectClose(got: readonly Prediction[], expected: readonly Prediction[]): void {
  expect(got).toHaveLength(expected.length);
  const apart = got.flatMap((one, row) => {
    const other = expected[row]!;
    if (typeof one === "number") return [distance(one, other as number)];
    expect(Object.keys(one).sort()).toEqual(Object.keys(other).sort());
    return Object.entries(one).map(([label, value]) =>
      distance(value, (other as Record<string, number>)[label]!),
    );
  });
  expect(Math.max(...apart)).toBeLessThan(1e-6);
}

function distance(got: number, expected: number): number {
  return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
}

function readCsv(file: string): Prediction[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const columns = header.split(",");
  return lines.map((line) => {
    const values = line.split(",").map(Number);
    if (columns.length === 1) return values[0]!;
    return Object.fromEntries(columns.map((column, at) => [column, values[at]!]));
  });
}

describe.each(all)("%s", (name) => {
  const { folder, input, csv, expected } = model(name);

  it("is scored from a file as in its framework's own process", async () => {
    expectClose(readCsv(await scored(folder, input)), expected as Prediction[]);
  });

  it("is served, all rows at once and a single one", async () => {
    const server = await serve({ words: ["--code-dir", folder] });
    try {
      const framework = name.split("_")[0]!;
      const info = (await (await fetch(`${server.url}/info/`)).json()) as { predictor: string };
      expect(info.predictor).toBe(framework === "pytorch" ? "torch" : framework);
      const [header, ...lines] = csv.trimEnd().split("\n");
      for (const rows of [lines, lines.slice(7, 8)]) {
        const answer = await post(`${server.url}/predict/`, [header, ...rows].join("\n"));
        const { predictions } = (await answer.json()) as { predictions: Prediction[] };
        expectClose(predictions, (rows === lines ? expected : expected.slice(7, 8)) as Prediction[]);
      }
    } finally {
      await server.stop();
    }
  });
});

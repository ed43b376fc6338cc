// Compares CSV and printed text with pandas' output for the same frames (fixtures/make_frames.py).

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  textColumn,
  timestampColumn,
} from "../../protocol/columns.js";
import type { Column } from "../../protocol/messages.js";
import type { CheckedPredictions } from "../predictions/check.js";
import { csvChunks } from "./csv/write.js";
import { predictionsAsText } from "./print.js";

type FrameColumn = { name: string; timezone?: string | null } & (
  | { type: "float64" | "float32"; values: (number | string)[] }
  | { type: "int64" | "timestamp"; values: (string | null)[] }
  | { type: "bool"; values: (boolean | null)[] }
  | { type: "date"; values: (number | null)[] }
  | { type: "utf8"; values: (string | null)[] }
);

interface Frame {
  rows: number;
  columns: FrameColumn[];
  csv: string;
  print: string;
}

const specialFloats: { [text: string]: number } = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };

function columnOf(frame: FrameColumn): Column {
  const { name } = frame;
  const ints = (values: (string | null)[]) => values.map((value) => (value === null ? null : BigInt(value)));
  switch (frame.type) {
    case "float64":
    case "float32": {
      const floats = frame.values.map((value) => (typeof value === "string" ? specialFloats[value]! : value));
      return floatColumn(name, floats, frame.type);
    }
    case "int64":
      return intColumn(name, ints(frame.values));
    case "timestamp":
      return timestampColumn(name, ints(frame.values), frame.timezone);
    case "bool":
      return boolColumn(name, frame.values);
    case "date":
      return dateColumn(name, frame.values);
    case "utf8":
      return textColumn(name, frame.values);
  }
}

/** The first column as predictions, the others as extra output. */
function checkedOf({ rows, columns }: Frame): CheckedPredictions {
  const [first, ...others] = columns.map(columnOf);
  const extra = others.length === 0 ? null : { rows, columns: others };
  return { targetType: "regression", predictions: { rows, columns: [first!] }, extra, index: null };
}

const lines = readFileSync(path.join(import.meta.dirname, "fixtures/frames.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const frames = lines.map((line) => JSON.parse(line) as Frame);

describe("the output is that of pandas", () => {
  it.each(frames.map((frame, at) => [at + 1, frame] as const))("for frame %i as CSV", (_at, frame) => {
    expect(Buffer.concat([...csvChunks(checkedOf(frame), 7)]).toString()).toBe(frame.csv);
  });

  it.each(frames.map((frame, at) => [at + 1, frame] as const))(
    "for frame %i as printed text",
    (_at, frame) => {
      expect(predictionsAsText(checkedOf(frame))).toBe(frame.print);
    },
  );
});

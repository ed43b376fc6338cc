// Checks a model's input and a transform's output against typeSchema. Callers decide which data to check, and when.

import { open, readFile } from "node:fs/promises";
import type { Matrix, Payload, Table } from "../../protocol/messages.js";
import { counted } from "../counted.js";
import { DrumError } from "../errors.js";
import { readCsvTable } from "../formats/csv/table.js";
import { type ColumnShape, type Kind, type Shape, shapeOf, sparseShape } from "./column-kinds.js";
import type { DataType, Requirement, TypeSchema } from "./metadata/type-schema.js";

/**
 * Throws TYPE_SCHEMA_VIOLATED listing every requirement that the input breaks, INPUT_EMPTY or INPUT_UNREADABLE if the data
 * cannot be read. A payload that is neither a table nor text/mtx is read as CSV.
 */
export async function checkInput({ input }: TypeSchema, payload: Payload): Promise<void> {
  if (input.length > 0) refuseViolations("input", violations(input, await shapeOfPayload(payload)));
}

/** The same check for a transform's output. */
export function checkOutput({ output }: TypeSchema, data: Table | Matrix): void {
  const shape = () => ("names" in data ? sparseShape(data.names) : shapeOf(data));
  if (output.length > 0) refuseViolations("output", violations(output, shape()));
}

function refuseViolations(side: "input" | "output", found: readonly string[]): void {
  if (found.length === 0) return;
  const list = found.length === 1 ? ` ${found[0]}` : found.map((one) => `\n  - ${one}`).join("");
  throw new DrumError("TYPE_SCHEMA_VIOLATED", `the ${side} does not fit typeSchema:${list}`);
}

/** One sentence per broken requirement: what was expected, what came, and which columns are at fault. */
export function violations(requirements: readonly Requirement[], shape: Shape): string[] {
  return requirements
    .map((requirement) => {
      const broken = brokenBy(requirement, shape);
      return broken && `${inWords(requirement)}: ${broken}`;
    })
    .filter((one) => one !== undefined);
}

/** `data_types IN NUM, CAT (model-metadata.yaml, line 7, column 5)`. */
function inWords({ field, condition, values, place }: Requirement): string {
  return `${field} ${condition} ${values.join(", ")}${place ? ` (${place})` : ""}`;
}

function brokenBy(requirement: Requirement, { isSparse, columns }: Shape): string | undefined {
  switch (requirement.field) {
    case "data_types":
      return kindsBroken(requirement, columns);
    case "number_of_columns": {
      const { condition, values } = requirement;
      const count = columns.length;
      return counts[condition](count, values)
        ? undefined
        : `expected another number, got ${counted(count, "column")} (${listed(columns.map(({ name }) => name))})`;
    }
    case "sparse": {
      const [word] = requirement.values;
      if (isSparse && (word === "FORBIDDEN" || word === "NEVER")) return "expected dense data, got sparse";
      if (!isSparse && (word === "REQUIRED" || word === "ALWAYS")) return "expected sparse data, got dense";
      return undefined;
    }
    case "contains_missing": {
      const [word] = requirement.values;
      if (word === "SUPPORTED" || word === "DYNAMIC") return undefined;
      const holes = columns.filter(({ missing }) => missing > 0);
      const names = holes.map(({ name, missing }) => `${name} (${counted(missing, "row")})`);
      return holes.length === 0 ? undefined : `expected no missing values, found some in ${listed(names)}`;
    }
  }
}

const counts: Readonly<
  Record<
    Extract<Requirement, { field: "number_of_columns" }>["condition"],
    (count: number, values: readonly number[]) => boolean
  >
> = {
  EQUALS: (count, [value]) => count === value,
  NOT_EQUALS: (count, [value]) => count !== value,
  IN: (count, values) => values.includes(count),
  NOT_IN: (count, values) => !values.includes(count),
  GREATER_THAN: (count, [value]) => count > value!,
  NOT_GREATER_THAN: (count, [value]) => count <= value!,
  LESS_THAN: (count, [value]) => count < value!,
  NOT_LESS_THAN: (count, [value]) => count >= value!,
};

/** Types that only the platform checks. */
const unchecked: readonly DataType[] = ["DATE_DURATION", "COUNT_DICT", "GEO"];

function kindsBroken(
  { condition, values }: Extract<Requirement, { field: "data_types" }>,
  columns: readonly ColumnShape[],
): string | undefined {
  const checked = values.filter((value) => !unchecked.includes(value));
  if (checked.length === 0) return undefined;
  const numeric = columns.filter(({ kind }) => kind === "NUM");
  const areWhole = numeric.every(({ isWhole }) => isWhole);
  const isOf = ({ kind }: ColumnShape) => sameKinds(kind, areWhole).some((one) => checked.includes(one));
  const isWanted = condition === "EQUALS" || condition === "IN";
  if (columns.length === 0) return condition === "EQUALS" ? "there are no columns" : undefined;
  const wrong = columns.filter((column) => column.kind !== undefined && isOf(column) !== isWanted);
  if (wrong.length === 0) return undefined;
  return `expected ${isWanted ? "no other columns" : "none of these"}, found ${listed(wrong.map(({ name, kind }) => `${name} (${kind})`))}`;
}

/** The kinds that a column counts as. Texts count as categories, as do integers if all numeric columns hold only integers. */
function sameKinds(kind: Kind | undefined, areWhole: boolean): Kind[] {
  if (kind === "TXT" || kind === "CAT") return ["TXT", "CAT"];
  if (kind === "NUM" && areWhole) return ["NUM", "TXT", "CAT"];
  return kind === undefined ? [] : [kind];
}

const mostNamed = 10;

function listed(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return names.slice(0, mostNamed).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

async function shapeOfPayload(payload: Payload): Promise<Shape> {
  if (payload.kind === "table") return shapeOf(payload.table);
  if (payload.mimetype !== "text/mtx") {
    return shapeOf(await readCsvTable(payload.kind === "file" ? await readFile(payload.path) : payload.data));
  }
  const start = payload.kind === "file" ? await readStart(payload.path) : payload.data.subarray(0, mostStart);
  const count = mtxColumns(Buffer.from(start).toString("latin1"));
  return sparseShape(payload.column_names ?? Array.from({ length: count }, (_, at) => String(at)));
}

/** Bytes. The header of a Matrix Market file, comments included, is no longer than this. */
const mostStart = 2 ** 16;

async function readStart(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(mostStart), 0, mostStart, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The columns in the first line that is not a comment, which holds rows, columns and entries. */
function mtxColumns(text: string): number {
  const size = text.split(/\r?\n/).find((line) => line.trim() !== "" && !line.startsWith("%"));
  const match = /^\s*\d+\s+(\d+)\b/.exec(size ?? "");
  if (text.startsWith("%%MatrixMarket") && match) return Number(match[1]);
  throw new DrumError(
    "INPUT_UNREADABLE",
    "the input is not a Matrix Market file; expected a line %%MatrixMarket and a line with rows, columns and entries",
  );
}

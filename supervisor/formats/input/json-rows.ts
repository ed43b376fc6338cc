// Rows in JSON as a table: the forms that pandas, MLflow and TensorFlow Serving send, and JSON lines.

import { boolColumn, floatColumn, jsonColumn, numberColumn, textColumn } from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import { NumberTooLarge, parseExactly } from "../exact-json.js";
import { isMap } from "../json.js";
import { checkHalves } from "../json-text.js";

type Json = Record<string, unknown>;

/** Rows as lists of cells below names, or as columns. */
interface Rows {
  names: string[];
  /** One list of cells per name. */
  columns: unknown[][];
}

const forms =
  'a list of objects, {"columns": […], "data": [[…]]}, {"dataframe_split": {…}}, {"dataframe_records": […]}, {"instances": […]} or an object of lists';

/** Throws INPUT_UNREADABLE for text that is not JSON, or is none of the forms. */
export async function readJson(text: string): Promise<Table> {
  return tableOf(rowsOf(parse(text)));
}

/** One object per line; blank lines do not count. Throws INPUT_UNREADABLE with the line. */
export async function readJsonLines(text: string): Promise<Table> {
  const records: Json[] = [];
  for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === "") continue;
    const record = parse(line, ` in line ${at + 1}`);
    if (!isMap(record)) throw unreadable(`line ${at + 1} is not an object; write one object per line`);
    records.push(record);
  }
  return tableOf(rowsOfRecords(records));
}

/** Ints that a number cannot hold come as bigints. Throws INPUT_UNREADABLE for a number that would become infinite. */
function parse(text: string, where = ""): unknown {
  let json: unknown;
  try {
    json = parseExactly(text, where);
  } catch (error) {
    const what = error instanceof NumberTooLarge ? "" : `it is not valid JSON${where}: `;
    throw unreadable(what + messageOf(error));
  }
  checkHalves(text, json);
  return json;
}

function rowsOf(json: unknown): Rows {
  if (Array.isArray(json)) return rowsOfList(json);
  if (!isMap(json)) throw unreadable(`expected rows as ${forms}`);
  if (isMap(json.dataframe_split)) return rowsOf(json.dataframe_split);
  const list = json.dataframe_records ?? json.instances ?? json.inputs;
  if (list !== undefined) return rowsOf(list);
  if (Array.isArray(json.columns) && Array.isArray(json.data)) return rowsOfSplit(json.columns, json.data);
  return rowsOfColumns(json);
}

function rowsOfList(list: readonly unknown[]): Rows {
  const bad = list.findIndex((row) => !isMap(row));
  if (bad === -1) return rowsOfRecords(list as Json[]);
  throw unreadable(`row ${bad + 1} is not an object; expected rows as ${forms}`);
}

/** The columns of all records, in the order in which they appear; absent cells are missing. */
function rowsOfRecords(records: readonly Json[]): Rows {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return {
    names: [...names],
    columns: [...names].map((name) =>
      records.map((record) => (Object.hasOwn(record, name) ? record[name] : null)),
    ),
  };
}

function rowsOfSplit(names: readonly unknown[], data: readonly unknown[]): Rows {
  const bad = data.findIndex((row) => !Array.isArray(row) || row.length !== names.length);
  if (bad !== -1)
    throw unreadable(
      `row ${bad + 1} of data is not a list of ${counted(names.length, "cell")}, one per column`,
    );
  return {
    names: names.map(String),
    columns: names.map((_, at) => (data as unknown[][]).map((row) => row[at])),
  };
}

/** Lists of cells by name, or objects of cells by row label, as pandas writes by default. */
function rowsOfColumns(json: Json): Rows {
  const names = Object.keys(json);
  const columns = Object.values(json).map((cells) => (isMap(cells) ? Object.values(cells) : cells));
  const [first] = columns;
  const bad = columns.findIndex(
    (cells) => !Array.isArray(cells) || cells.length !== (first as unknown[]).length,
  );
  if (names.length > 0 && bad === -1) return { names, columns: columns as unknown[][] };
  const what =
    names.length === 0
      ? "the object is empty"
      : `the column "${names[bad]}" is not a list as long as the others`;
  throw unreadable(`${what}; expected rows as ${forms}`);
}

function tableOf({ names, columns }: Rows): Table {
  if (names.length === 0) {
    throw new DrumError("INPUT_EMPTY", `the JSON has no rows; expected rows as ${forms}`);
  }
  return { rows: columns[0]!.length, columns: columns.map((cells, at) => columnOf(names[at]!, cells)) };
}

function columnOf(name: string, all: readonly unknown[]): Column {
  const cells = all.map((cell) => cell ?? null);
  const held = cells.filter((cell) => cell !== null);
  if (held.length === 0) return floatColumn(name, cells as null[]);
  const are = (type: string) => held.every((cell) => typeof cell === type);
  if (are("boolean")) return boolColumn(name, cells as (boolean | null)[]);
  if (are("string")) return textColumn(name, cells as (string | null)[]);
  if (held.every((cell) => typeof cell === "number" || typeof cell === "bigint"))
    return numberColumn(name, cells as (number | bigint | null)[]);
  return jsonColumn(name, cells);
}

function unreadable(why: string): DrumError {
  return new DrumError("INPUT_UNREADABLE", `the JSON cannot be read: ${why}`);
}

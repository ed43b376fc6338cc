// Writes checked predictions as CSV, like pandas' to_csv(index=False), for `drum score --output`.
// Rows go straight into bytes: texts are copied as UTF-8, and no large string is built.

import type { Column, Table } from "../../../protocol/messages.js";
import { boolAt, floatsOf, int32sOf, int64sOf, isPresent, textAt } from "../../../protocol/table.js";
import { float32Text, floatText } from "../text/floats.js";
import { momentsOf } from "../text/moments.js";

/** A growing buffer; `at` is the position of the next byte. */
interface Sink {
  bytes: Buffer;
  at: number;
  /** The most bytes of a row without its texts; kept free while a row is written. */
  readonly rowRoom: number;
  readonly lineEnd: string;
}

/** Writes one cell of a row. */
type CellWriter = (row: number, sink: Sink) => void;

const [quote, comma, newline, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];
/** The most bytes of a number, boolean or date, with its comma and line end. */
const widestCell = 48;
/** Texts up to this many bytes are copied by a loop, longer ones by a call. */
const shortText = 64;

/** The prediction columns, then the columns of extra output with the same number of rows. */
export interface Written {
  predictions: Table;
  extra: Table | null;
}

/**
 * Yields UTF-8 chunks of `rowsPerChunk` rows; the first also holds the header. Prediction columns come first, then extra
 * columns. Missing values and NaN are empty; numbers have Python's shortest form.
 */
export function* csvChunks(
  { predictions, extra }: Written,
  rowsPerChunk: number,
  lineEnd: "\n" | "\r\n" = "\n",
): Generator<Buffer> {
  const { rows } = predictions;
  const columns = [...predictions.columns, ...(extra?.columns ?? [])];
  const writers = columns.map(cellWriterOf);
  // A reader would skip an empty line.
  const emptyRow = columns.length === 1 ? '""' : "";
  const rowRoom = columns.length * widestCell;
  const sink: Sink = { bytes: Buffer.allocUnsafe(rowRoom), at: 0, rowRoom, lineEnd };
  writeHeader(columns, emptyRow, sink);
  let from = 0;
  do {
    const to = Math.min(rows, from + rowsPerChunk);
    for (let row = from; row < to; row++) writeRow({ row, writers, emptyRow }, sink);
    yield sink.bytes.subarray(0, sink.at);
    sink.bytes = Buffer.allocUnsafe(sink.bytes.length);
    sink.at = 0;
    from = to;
  } while (from < rows);
}

function writeHeader(columns: readonly Column[], emptyRow: string, sink: Sink): void {
  const names = columns.map(({ name }) => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  const header = Buffer.from(`${names.join(",") || emptyRow}${sink.lineEnd}`);
  reserve(sink, header.length);
  sink.at += header.copy(sink.bytes, sink.at);
}

function writeRow(
  { row, writers, emptyRow }: { row: number; writers: readonly CellWriter[]; emptyRow: string },
  sink: Sink,
): void {
  reserve(sink, 0);
  const start = sink.at;
  for (let at = 0; at < writers.length; at++) {
    if (at > 0) sink.bytes[sink.at++] = comma;
    writers[at]!(row, sink);
  }
  if (sink.at === start) writeAscii(emptyRow, sink);
  writeAscii(sink.lineEnd, sink);
}

/** Makes room for a text of `size` bytes and a row. */
function reserve(sink: Sink, size: number): void {
  const end = sink.at + size + sink.rowRoom;
  if (end <= sink.bytes.length) return;
  const bytes = Buffer.allocUnsafe(Math.max(sink.bytes.length * 2, end));
  sink.bytes.copy(bytes, 0, 0, sink.at);
  sink.bytes = bytes;
}

/** The caller must have reserved room. For texts as short as numbers, a loop is faster than a native call. */
function writeAscii(text: string, sink: Sink): void {
  const { bytes } = sink;
  let { at } = sink;
  for (let char = 0; char < text.length; char++) bytes[at++] = text.charCodeAt(char);
  sink.at = at;
}

function cellWriterOf(column: Column): CellWriter {
  const write = presentCellWriterOf(column);
  if (column.validity === null) return write;
  return (row, sink) => {
    if (isPresent(column, row)) write(row, sink);
  };
}

function presentCellWriterOf(column: Column): CellWriter {
  switch (column.type) {
    case "float64":
    case "float32":
      return floatWriterOf(column);
    case "int64": {
      const ints = int64sOf(column);
      return (row, sink) => writeAscii(ints[row]!.toString(), sink);
    }
    case "bool":
      return (row, sink) => writeAscii(boolAt(column, row) ? "True" : "False", sink);
    case "utf8":
      return textWriterOf(column);
    case "json":
      return (row, sink) => writeField(Buffer.from(plainText(textAt(column, row))), sink);
    default: {
      const moments = momentsOf(column, " ");
      return (row, sink) => writeAscii(moments(row), sink);
    }
  }
}

function floatWriterOf(column: Column): CellWriter {
  const floats = floatsOf(column);
  const format = column.type === "float32" ? float32Text : floatText;
  return (row, sink) => {
    const value = floats[row]!;
    if (!Number.isNaN(value)) writeAscii(format(value), sink);
  };
}

function textWriterOf(column: Column): CellWriter {
  const ends = int32sOf(column.offsets!);
  return (row, sink) => writeField(column.data.subarray(ends[row]!, ends[row + 1]!), sink);
}

/** A JSON value as a cell: strings without quotes, true and false as in Python, null as empty, anything else as JSON. */
export function plainText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : (pythonWords.get(json) ?? json);
}

const pythonWords = new Map([
  ["true", "True"],
  ["false", "False"],
  ["null", ""],
]);

/** Writes a cell, quoted if it holds a comma, a quote or a line break. Inner quotes are doubled. */
function writeField(text: Uint8Array, sink: Sink): void {
  reserve(sink, text.length * 2 + 2);
  const { bytes } = sink;
  if (!isQuoted(text)) {
    if (text.length > shortText) bytes.set(text, sink.at);
    else for (let at = 0; at < text.length; at++) bytes[sink.at + at] = text[at]!;
    sink.at += text.length;
    return;
  }
  bytes[sink.at++] = quote;
  for (const byte of text) {
    if (byte === quote) bytes[sink.at++] = quote;
    bytes[sink.at++] = byte;
  }
  bytes[sink.at++] = quote;
}

function isQuoted(text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (byte === comma || byte === quote || byte === newline || byte === carriageReturn) return true;
  }
  return false;
}

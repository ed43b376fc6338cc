// Writes checked predictions in the format of the file's extension, chunk by chunk where the format allows.

import path from "node:path";
import type { Table } from "../../protocol/messages.js";
import { usage } from "../errors.js";
import { csvChunks, type Written } from "../formats/csv/write.js";
import { jsonLines } from "./json.js";

/** For formats that are written chunk by chunk. */
export const rowsPerChunk = 65_536;

type Chunks = Iterable<Buffer> | AsyncIterable<Buffer>;

type Write = (checked: Written) => Chunks;

const asJsonLines: Write = (checked) => jsonLines(allColumns(checked), rowsPerChunk);
const asArrow: Write = async function* (checked) {
  const { writeArrowBytes } = await import("../formats/arrow/arrow.js");
  yield writeArrowBytes(allColumns(checked));
};

const formats: Readonly<Record<string, Write>> = {
  ".csv": (checked) => csvChunks(checked, rowsPerChunk),
  ".jsonl": asJsonLines,
  ".ndjson": asJsonLines,
  ".arrow": asArrow,
  ".feather": asArrow,
  ".parquet": async function* (checked) {
    const { parquetBytes } = await import("../formats/parquet/write.js");
    yield parquetBytes(allColumns(checked));
  },
};

/** Extensions of formats that are not written, and of compressed files. */
const foreign = new Set(
  (
    ".avro .dta .h5 .hdf5 .html .ipynb .json .md .npy .npz .ods .orc .pdf .pickle .pkl .rda .rdata .rds .sas7bdat .sav .sqlite " +
    ".tsv .xls .xlsb .xlsm .xlsx .xml .yaml .yml .7z .br .bz2 .gz .lz4 .tar .tgz .xz .zip .zst"
  ).split(" "),
);

/** Throws USAGE if the extension promises a format that is not written. Matrix Market is for the target type transform. */
export function checkFormat(file: string, { type }: { type: string }): void {
  const extension = path.extname(file).toLowerCase();
  const isMatrix = extension === ".mtx";
  if (type === "unstructured" || (isMatrix ? type === "transform" : !foreign.has(extension))) return;
  const written = [...Object.keys(formats), ...(type === "transform" ? [".mtx"] : [])].join(", ");
  throw usage(
    `--output ${file} names a format that is not written${isMatrix ? ` for ${type}` : ""}; choose one of ${written}, ` +
      "or any other ending for CSV",
  );
}

/** Any other extension is CSV, as in DRUM. */
export function fileChunks(checked: Written, file: string): Chunks {
  const format = formats[path.extname(file).toLowerCase()] ?? formats[".csv"]!;
  return format(checked);
}

/** Prediction columns first. */
export function allColumns({ predictions, extra }: Written): Table {
  return { rows: predictions.rows, columns: [...predictions.columns, ...(extra?.columns ?? [])] };
}

// What a model of the target type transform makes of rows: its column names checked, and the same as a table without zeros left out.

import { denseSize, tableOfMatrix } from "../../protocol/matrix.js";
import type { Matrix, Table } from "../../protocol/messages.js";
import { DrumError } from "../errors.js";
import { isMatrix } from "../formats/matrix-market.js";

export interface Transformed {
  data: Table | Matrix;
  /** What came with the rows, as it was read; null where nothing did. */
  target: Table | null;
}

/** Bytes; a few entries may stand for more than any memory holds. */
const mostDense = 2 ** 31;

/** The same with names that fit a line each: trimmed, line ends as the two characters \n. Throws PREDICTIONS_INVALID for no columns and empty names. */
export function withColumnNames(data: Table | Matrix): Table | Matrix {
  const names = isMatrix(data) ? data.names : data.columns.map(({ name }) => name);
  if (names.length === 0) throw invalid("has no columns; expected one at least; return some");
  const written = names.map((name) => name.trim().replace(/\r?\n/g, "\\n"));
  const empty = written.indexOf("");
  if (empty !== -1) {
    throw invalid(
      `has a column without a name, number ${empty + 1} of ${names.length}; expected a name for every column; name it`,
    );
  }
  if (isMatrix(data)) return { ...data, names: written };
  return {
    ...data,
    columns: data.columns.map((column, at) => ({ ...column, name: written[at]! })),
  };
}

function invalid(what: string): DrumError {
  return new DrumError("PREDICTIONS_INVALID", `the transformed data ${what}`);
}

/** Throws OUTPUT_UNWRITABLE for a matrix that is too large with its zeros. */
export function tableOf(data: Table | Matrix): Table {
  if (!isMatrix(data)) return data;
  const size = denseSize(data);
  if (size <= mostDense) return tableOfMatrix(data);
  throw new DrumError(
    "OUTPUT_UNWRITABLE",
    `the transformed data takes ${size} bytes with its zeros (${data.rows} rows, ${data.names.length} columns), the most is ${mostDense}; write it as .mtx, or ask for multipart/form-data`,
  );
}

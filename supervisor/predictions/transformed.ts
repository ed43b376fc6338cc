// Checks the column names of transformed rows, and converts a sparse matrix to a table with its zeros.

import { denseSize, tableOfMatrix } from "../../protocol/matrix.js";
import type { Matrix, Table } from "../../protocol/messages.js";
import { counted } from "../counted.js";
import { DrumError } from "../errors.js";
import { isMatrix } from "../formats/matrix-market.js";

export interface Transformed {
  data: Table | Matrix;
  /** The target that came with the rows, as read; null if none came. */
  target: Table | null;
}

/** Bytes. A few sparse entries can stand for more than any memory holds. */
const mostDense = 2 ** 31;

/**
 * Makes every name fit on one line: trimmed, with line ends as the two characters \n. Throws PREDICTIONS_INVALID if there are
 * no columns or a name is empty.
 */
export function withColumnNames(data: Table | Matrix): Table | Matrix {
  const names = isMatrix(data) ? data.names : data.columns.map(({ name }) => name);
  if (names.length === 0) throw invalid("has no columns; expected at least one; return some");
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

/** Throws OUTPUT_UNWRITABLE if a matrix is too large with its zeros. */
export function tableOf(data: Table | Matrix): Table {
  if (!isMatrix(data)) return data;
  const size = denseSize(data);
  if (size <= mostDense) return tableOfMatrix(data);
  throw new DrumError(
    "OUTPUT_UNWRITABLE",
    `the transformed data takes ${size} bytes with its zeros (${counted(data.rows, "row")}, ${counted(data.names.length, "column")}), more than the maximum of ${mostDense}; write it as .mtx, or request multipart/form-data`,
  );
}

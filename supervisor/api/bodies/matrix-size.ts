// The size that a Matrix Market text announces: a few bytes may ask a worker for all the memory of the machine.

import { DrumError } from "../../errors.js";
import { matrixSize } from "../../formats/payload.js";

const mostColumns = 2 ** 22;

/**
 * Throws INPUT_UNREADABLE for more rows than the text has bytes (a row that holds anything takes some) and for more than 4,194,304 columns.
 * Whatever else is wrong with the text is told by the worker that reads it.
 */
export function checkMatrixSize(text: Buffer): void {
  const [rows = 0, columns = 0] = matrixSize(text);
  if (rows > text.length) throw tooLarge(`${rows} rows in ${text.length} bytes`);
  if (columns > mostColumns) throw tooLarge(`${columns} columns, expected ${mostColumns} at most`);
}

function tooLarge(what: string): DrumError {
  return new DrumError("INPUT_UNREADABLE", `the Matrix Market text announces ${what}; correct its size line`);
}

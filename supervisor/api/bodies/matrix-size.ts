// Checks the size that a Matrix Market text declares, since a few bytes could make a worker allocate all memory.

import { DrumError } from "../../errors.js";
import { matrixSize } from "../../formats/matrix-size.js";

const mostColumns = 2 ** 22;

/**
 * Throws INPUT_UNREADABLE for more rows than the text has bytes (a row with entries takes some) and for more than 4,194,304
 * columns. The worker that reads the text reports any other fault.
 */
export function checkMatrixSize(text: Buffer): void {
  const [rows = 0, columns = 0] = matrixSize(text);
  if (rows > text.length) throw tooLarge(`${rows} rows in ${text.length} bytes`);
  if (columns > mostColumns) throw tooLarge(`${columns} columns, expected at most ${mostColumns}`);
}

function tooLarge(what: string): DrumError {
  return new DrumError("INPUT_UNREADABLE", `the Matrix Market text declares ${what}; correct its size line`);
}

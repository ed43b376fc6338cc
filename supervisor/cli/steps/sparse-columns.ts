// --sparse-column-file of `drum score` and `drum fit`: names for the columns of a Matrix Market input.

import { readFile } from "node:fs/promises";
import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import { matrixFileSize, readColumnNames } from "../../formats/matrix-size.js";
import type { ModelSpec } from "../../model/model.js";

/** Undefined if the option is not given. Throws USAGE if it does not fit the input, or the number of names is not that of columns. */
export async function sparseColumnNames(
  { sparseColumnFile: file, input }: { sparseColumnFile: string | undefined; input: string },
  { type }: Pick<ModelSpec["target"], "type">,
): Promise<string[] | undefined> {
  if (file === undefined) return undefined;
  if (type === "unstructured") {
    throw usage("--sparse-column-file is for rows, and the target type unstructured has none; leave it out");
  }
  if (!input.toLowerCase().endsWith(".mtx")) {
    throw usage(
      `--sparse-column-file is for Matrix Market files, but --input ${input} does not end in .mtx; leave it out`,
    );
  }
  const names = readColumnNames(await readFile(file));
  if (names.join("") === "") {
    throw usage(`--sparse-column-file ${file} is empty; expected one column name per line`);
  }
  const [, columns] = await matrixFileSize(input);
  // The worker that reads the matrix reports what else is wrong with it.
  if (columns === undefined || Number.isNaN(columns) || columns === names.length) return names;
  throw usage(
    `--sparse-column-file ${file} has ${counted(names.length, "name")} for the ${counted(columns, "column")} of ${input}; give one name per column`,
  );
}

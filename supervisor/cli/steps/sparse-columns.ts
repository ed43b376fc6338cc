// --sparse-column-file of `drum score` and `drum fit`: names for the columns of a Matrix Market input.

import { readFile } from "node:fs/promises";
import { usage } from "../../errors.js";
import { matrixFileSize, readColumnNames } from "../../formats/payload.js";
import type { ModelSpec } from "../../model/model.js";

/** Undefined where the option is not given. Throws USAGE where it does not go with the input, or has another number of names than that has columns. */
export async function sparseColumnNames(
  { sparseColumnFile: file, input }: { sparseColumnFile: string | undefined; input: string },
  { type }: Pick<ModelSpec["target"], "type">,
): Promise<string[] | undefined> {
  if (file === undefined) return undefined;
  if (type === "unstructured") {
    throw usage("--sparse-column-file is for rows, and the target type is unstructured; leave it out");
  }
  if (!input.toLowerCase().endsWith(".mtx")) {
    throw usage(
      `--sparse-column-file names the columns of Matrix Market, but --input ${input} does not end in .mtx; leave it out`,
    );
  }
  const names = readColumnNames(await readFile(file));
  if (names.join("") === "") {
    throw usage(`--sparse-column-file ${file} is empty; expected the name of a column on each line`);
  }
  const [, columns] = await matrixFileSize(input);
  // Whatever else is wrong with the matrix is told by the worker that reads it.
  if (columns === undefined || Number.isNaN(columns) || columns === names.length) return names;
  throw usage(
    `--sparse-column-file ${file} has ${names.length} names for the ${columns} columns of ${input}; give one name a column`,
  );
}

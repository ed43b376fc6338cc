// Files that commands write, like the --output of `drum score`: written to a partial file, which is renamed when complete.

import { accessSync, constants, statSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Matrix, Table } from "../../../protocol/messages.js";
import { DrumError, messageOf, usage } from "../../errors.js";
import type { Written } from "../../formats/csv/write.js";
import { asMatrix, columnNames, matrixMarketChunks } from "../../formats/matrix-market.js";
import { fileChunks, rowsPerChunk } from "../../predictions/files.js";

interface OutputWishes {
  /** For messages. */
  option?: string;
  /** The input, which the output must not overwrite. */
  input: string;
}

/**
 * Throws USAGE if the folder is missing or not writable, or the file is the input itself, so that a command fails before it loads the
 * model.
 */
export function checkWritable(output: string, { option = "--output", input }: OutputWishes): void {
  const folder = path.dirname(output);
  const there = statSync(output, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw usage(`${option} must name a file, got the folder ${output}`);
  const read = statSync(input, { throwIfNoEntry: false });
  if (there && read && there.dev === read.dev && there.ino === read.ino && there.isFile()) {
    throw usage(`${option} ${output} is the input, which it would overwrite; choose another file`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw usage(`${option}: ${folder} cannot be written to: ${messageOf(error)}; choose another folder`);
  }
}

/** The file's extension determines the format. */
export async function writePredictions(
  checked: Written,
  output: string,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { rows } = checked.predictions;
  await writeWhole(output, async (file) => {
    let done = 0;
    for await (const chunk of fileChunks(checked, output)) {
      await file.writeFile(chunk);
      done = Math.min(rows, done + rowsPerChunk);
      onProgress(done, rows);
    }
  });
}

/** Writes Matrix Market, and the column names to a file beside it: out.mtx and out.colnames. */
export async function writeMatrix(data: Table | Matrix, output: string): Promise<void> {
  const matrix = asMatrix(data);
  await writeWhole(output, async (file) => {
    for (const chunk of matrixMarketChunks(matrix)) await file.writeFile(chunk);
  });
  await writeBytes(columnNames(matrix.names), output.replace(/\.mtx$/i, ".colnames"));
}

export async function writeBytes(bytes: Buffer | string, output: string): Promise<void> {
  await writeWhole(output, (file) => file.writeFile(bytes));
}

async function writeWhole(output: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  // A device such as /dev/null cannot be replaced, and a partial file cannot be written beside it.
  const isDevice = statSync(output, { throwIfNoEntry: false })?.isFile() === false;
  const partial = isDevice ? output : `${output}.partial-${process.pid}`;
  try {
    const file = await open(partial, "w");
    await write(file);
    await file.close();
    if (!isDevice) await rename(partial, output);
  } catch (error) {
    if (!isDevice) await rm(partial, { force: true });
    throw new DrumError(
      "OUTPUT_UNWRITABLE",
      `${output} cannot be written: ${messageOf(error)}; check space and permissions`,
      { cause: error },
    );
  }
}

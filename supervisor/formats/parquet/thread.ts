// The thread that reads one Parquet file.

import { parentPort, workerData } from "node:worker_threads";
import { DrumError, messageOf } from "../../errors.js";
import type { FromThread, ToThread } from "./guarded.js";
import { readParquetBytes } from "./read.js";

const { bytes, most } = workerData as ToThread;
const say = (message: FromThread) => parentPort!.postMessage(message);

try {
  say({ table: await readParquetBytes(bytes, most) });
} catch (error) {
  say({ code: error instanceof DrumError ? error.code : "INTERNAL", message: messageOf(error) });
}

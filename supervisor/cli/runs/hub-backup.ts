// `drum hub backup`: writes the store and the files of a hub into one file.

import { counted } from "../../counted.js";
import { backUp } from "../../hub/backup/backup.js";
import { endedBy, stopRequest } from "../terminal/signals.js";

export interface HubBackupConfig {
  dataDirectory: string;
  output: string;
}

/** Resolves with the exit code. */
export async function hubBackup({ dataDirectory, output }: HubBackupConfig): Promise<number> {
  const stopping = new AbortController();
  const stopped = stopRequest().then((request) => {
    stopping.abort();
    return request;
  });
  try {
    const { files, size, leftOut } = await backUp(dataDirectory, output, stopping.signal);
    for (const what of leftOut) process.stderr.write(`drum hub backup: left out ${what}\n`);
    process.stdout.write(
      `${output}: ${counted(files, "file")}, ${counted(size, "byte")} before compression\n`,
    );
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return endedBy(await stopped, "hub backup");
  }
}

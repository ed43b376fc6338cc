// `drum hub restore`: makes the data directory of a hub from a backup.

import { counted } from "../../counted.js";
import { restore } from "../../hub/backup/restore.js";
import { endedBy, stopRequest } from "../terminal/signals.js";

export interface HubRestoreConfig {
  input: string;
  dataDirectory: string;
}

/** Resolves with the exit code. */
export async function hubRestore({ input, dataDirectory }: HubRestoreConfig): Promise<number> {
  const stopping = new AbortController();
  const stopped = stopRequest().then((request) => {
    stopping.abort();
    return request;
  });
  try {
    const { head, files } = await restore(input, dataDirectory, stopping.signal);
    process.stdout.write(
      `${dataDirectory}: ${counted(files, "file")} of a backup that ${head.madeBy} made at ${head.madeAt}\n`,
    );
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return endedBy(await stopped, "hub restore");
  }
}

// The file of --input as the payload that a worker reads itself.

import type { Payload } from "../../protocol/messages.js";

/** Matrix Market by its ending, anything else is CSV. */
export function inputPayload(path: string): Payload {
  return {
    kind: "file",
    path,
    mimetype: path.toLowerCase().endsWith(".mtx") ? "text/mtx" : "text/csv",
    charset: null,
  };
}

// custom_flask.py extends DRUM's own web server. Ours is no Flask: a model that counts on it, for a gate perhaps, must not be served in silence.

import path from "node:path";
import type { Log } from "../../log.js";
import { listFiles } from "../../model/files.js";
import type { ModelSpec } from "../../model/model.js";

export function warnOfFlaskExtension({ name, codeDirectory }: ModelSpec, log: Log): void {
  const found = listFiles(codeDirectory).find((file) => path.basename(file) === "custom_flask.py");
  if (found === undefined) return;
  log.warn(
    `${name}: ${found} is not used: this server is no Flask, so its routes are not there and its gates let everybody in; put a proxy that has them before the server, ` +
      "or refuse requests in a hook with CustomHTTPError: chat and score_unstructured hooks get the headers",
  );
}

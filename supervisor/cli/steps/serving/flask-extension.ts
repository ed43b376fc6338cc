// custom_flask.py extends DRUM's web server. Ours does not use Flask, so a model that may need it, e.g. for access control, gets a warning.

import path from "node:path";
import type { Log } from "../../../log.js";
import { listFiles } from "../../../model/files.js";
import type { ModelSpec } from "../../../model/model.js";

export function warnOfFlaskExtension({ name, codeDirectory }: ModelSpec, log: Log): void {
  const found = listFiles(codeDirectory).find((file) => path.basename(file) === "custom_flask.py");
  if (found === undefined) return;
  log.warn(
    `${name}: ${found} is ignored: this server does not use Flask, so its routes are missing and its access checks do not run; put a proxy with them in front of the server, ` +
      "or reject requests in a hook with CustomHTTPError: chat and score_unstructured hooks get the headers",
  );
}

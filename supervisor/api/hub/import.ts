// Projects, models and deployments that an administrator brings in from a file, beside the running hub: drum hub import.

import path from "node:path";
import type { FastifyInstance } from "fastify";
import { DrumError } from "../../errors.js";
import type { Hub } from "../../hub/hub.js";
import { importInto } from "../../hub/import.js";
import { parseImport } from "../../model/hub/import-file.js";
import { parseJsonMap } from "../bodies/json.js";
import { statusOf } from "../http/errors.js";

export function importRoutes(app: FastifyInstance, hub: Hub): void {
  app.post("/imports/", async (request, reply) => {
    const { user } = request;
    if (!user?.isAdministrator)
      throw new DrumError(
        "RIGHT_MISSING",
        "only an administrator may import; ask one, or use the token of one",
      );
    const { file, content } = parseJsonMap({ body: request.body as Buffer });
    if (typeof file !== "string" || !path.isAbsolute(file) || typeof content !== "string")
      throw new DrumError(
        "FIELD_INVALID",
        "file must be an absolute path on the hub's machine, and content the text of the file",
      );
    try {
      return await importInto(hub, user, parseImport(content, file));
    } catch (error) {
      // What is wrong with the file or its models is no failure of the hub; the code tells the command how to end.
      if (!(error instanceof DrumError) || error.code === "INTERNAL") throw error;
      const status = statusOf(error) < 500 ? statusOf(error) : 422;
      return reply.code(status).send({ message: error.message, code: error.code });
    }
  });
}

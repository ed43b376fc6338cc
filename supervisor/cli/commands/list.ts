// The commands, in the order of `drum --help`. Each is one file here; its implementation is loaded when it runs.

import type { Command } from "../config/command.js";
import { compare } from "./compare.js";
import { completion } from "./completion.js";
import { doctor } from "./doctor.js";
import { environmentCheck } from "./environment-check.js";
import { environmentInstall } from "./environment-install.js";
import { environmentList } from "./environment-list.js";
import { fit } from "./fit.js";
import { graph } from "./graph.js";
import { graphCheck } from "./graph-check.js";
import { graphDraw } from "./graph-draw.js";
import { hub } from "./hub.js";
import { hubAudit } from "./hub-audit.js";
import { hubBackup } from "./hub-backup.js";
import { hubImport } from "./hub-import.js";
import { hubReplace } from "./hub-replace.js";
import { hubRestore } from "./hub-restore.js";
import { hubToken } from "./hub-token.js";
import { microservice } from "./microservice.js";
import { migrate } from "./migrate.js";
import { newEnvironment } from "./new-env.js";
import { newModel } from "./new-model.js";
import { perfTest } from "./perf-test.js";
import { push } from "./push.js";
import { score } from "./score.js";
import { server } from "./server.js";
import { swap } from "./swap.js";
import { validation } from "./validation.js";

export const commands: readonly Command[] = [
  score,
  server,
  microservice,
  graph,
  graphCheck,
  graphDraw,
  migrate,
  hub,
  hubReplace,
  hubToken,
  hubImport,
  hubAudit,
  hubBackup,
  hubRestore,
  swap,
  compare,
  validation,
  perfTest,
  fit,
  push,
  newModel,
  newEnvironment,
  environmentList,
  environmentInstall,
  environmentCheck,
  doctor,
  completion,
];

/** Throws if no command has this name. */
export function commandNamed(name: string): Command {
  const found = commands.find((one) => one.name === name);
  if (!found) throw new Error(`there is no command ${name}`);
  return found;
}

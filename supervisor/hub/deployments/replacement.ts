// Whether a model can take the place of a deployed one: checks with a status each, from the models' targets, columns and packages.

import { messageOf } from "../../errors.js";
import type { ModelRow } from "../store/tables.js";
import type { Seen } from "./listing.js";
import { may } from "./roles.js";
import type { Column, Running } from "./running.js";

export const replacementReasons = [
  "ACCURACY",
  "DATA_DRIFT",
  "ERRORS",
  "SCHEDULED_REFRESH",
  "SCORING_SPEED",
  "OTHER",
] as const;

export type CheckStatus = "passing" | "warning" | "failing";

export interface Check {
  status: CheckStatus;
  message: string;
}

export interface Validation extends Check {
  checks: Record<string, Check>;
}

const passing = (message: string): Check => ({ status: "passing", message });
const warning = (message: string): Check => ({ status: "warning", message });
const failing = (message: string): Check => ({ status: "failing", message });

/** Loads the new model, unless it was loaded for it before and its files are the same. */
export async function validateReplacement(
  deployed: Seen,
  next: ModelRow,
  running: Running,
): Promise<Validation> {
  const { model: current, role } = deployed;
  const cheap = {
    permission: may(role, "CAN_REPLACE_MODEL")
      ? passing("User has permission to replace model.")
      : failing(`User has the role ${role}, which may not replace the model; an owner may.`),
    notCurrentModel:
      next.id === current.id
        ? failing("The model is the one that is deployed.")
        : passing("The model is not the one that is deployed."),
    target:
      current.targetName !== null && next.targetName !== null && current.targetName !== next.targetName
        ? failing(`Target is ${next.targetName}, but the deployed model predicts ${current.targetName}.`)
        : passing("Target is compatible."),
    targetType:
      next.targetType === current.targetType
        ? passing("Target type is compatible.")
        : failing(
            `Target type is ${next.targetType}, but that of the deployed model is ${current.targetType}.`,
          ),
    targetClasses:
      next.labels === current.labels
        ? passing("Target classes are compatible.")
        : failing(
            `Target classes are ${listed(next)}, but those of the deployed model are ${listed(current)}.`,
          ),
  };
  return concluded({ ...cheap, ...(await columnChecks(deployed, next, running)) });
}

async function columnChecks(
  deployed: Seen,
  next: ModelRow,
  running: Running,
): Promise<Record<string, Check>> {
  let columns: readonly Column[] | undefined;
  try {
    columns = await running.columnsOfModel(next);
  } catch (error) {
    const supported = failing(`The model cannot be loaded: ${messageOf(error)}`);
    return { supported, features: warning("Features are not known before the model is loaded.") };
  }
  const supported = passing("The model was loaded with its language and packages.");
  const known = await currentColumns(deployed, running);
  if (!columns || !known) {
    const whose = columns ? "the deployed" : "the new";
    const features = warning(`Features cannot be compared: ${whose} model does not tell its columns.`);
    return { supported, features };
  }
  const typeOf = new Map(known.map(({ name, type }) => [name, type]));
  const missing = columns.map(({ name }) => name).filter((name) => !typeOf.has(name));
  const differing = columns
    .filter(({ name, type }) => typeOf.has(name) && kindOf(type) !== kindOf(typeOf.get(name)!))
    .filter(({ name, type }) => type !== null && typeOf.get(name) !== null);
  return {
    supported,
    features:
      missing.length === 0
        ? passing("Features are compatible.")
        : failing(`The model needs features that the deployed one does not: ${missing.join(", ")}.`),
    featureDataTypes:
      differing.length === 0
        ? passing("Feature types are compatible.")
        : failing(
            `Features have other types than in the deployed model: ${differing
              .map(({ name, type }) => `${name} is ${type}, not ${typeOf.get(name)}`)
              .join(", ")}.`,
          ),
  };
}

/** A model that does not run is loaded for it. */
async function currentColumns({ id, status, model }: Seen, running: Running) {
  if (status === "active") {
    try {
      return await running.columnsOf(id);
    } catch {
      // Its model failed: what would be compared with it may well be its remedy.
      return undefined;
    }
  }
  return running.columnsOfModel(model).catch(() => undefined);
}

/** Numbers of any width fit one another: no client sends other bytes for them. */
function kindOf(type: string | null): string {
  return type !== null && /^(u?int|float)/.test(type) ? "number" : String(type);
}

function concluded(checks: Record<string, Check>): Validation {
  const of = (status: CheckStatus) => Object.values(checks).filter((one) => one.status === status);
  const [failed, doubtful] = [of("failing"), of("warning")];
  if (failed.length > 0) {
    const message = `Model cannot be used as a replacement: ${failed.map((one) => one.message).join(" ")}`;
    return { status: "failing", message, checks };
  }
  if (doubtful.length > 0) {
    const message = `Model can be used as a replacement, but: ${doubtful.map((one) => one.message).join(" ")}`;
    return { status: "warning", message, checks };
  }
  return { status: "passing", message: "Model can be used as a replacement.", checks };
}

function listed({ labels }: ModelRow): string {
  const all = JSON.parse(labels) as string[];
  return all.length === 0 ? "none" : all.join(", ");
}

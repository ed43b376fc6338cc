// Checks what a hook reports through its `mlops` object, since a worker of any language may have sent it.

import { isMap } from "../../../protocol/codec.js";
import type { Params, Table, Value } from "../../../protocol/messages.js";
import { checkTable } from "../../../protocol/table.js";
import { messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import { firstRepeated } from "./items.js";
import type { Monitor } from "./monitor.js";

/** Handles the notification `report` (protocol/SPEC.md section 5). Logs and drops an invalid report. */
export function reportsTo(monitor: Monitor, log: Log): (params: Params) => void {
  return ({ kind, data }) => {
    try {
      const fields = mapOf(data ?? null);
      const at = Date.now();
      if (kind === "deployment_stats") {
        monitor.reported({
          kind: "stats",
          at,
          predictions: numberOf(fields, "num_predictions") ?? 0,
          duration: numberOf(fields, "execution_time"),
        });
      } else if (kind === "predictions_data")
        monitor.reported({ kind: "data", at, ...predictionsOf(fields) });
      else throw new Error(`the kind of report ${String(kind)} is unknown`);
    } catch (error) {
      log.warn(`a hook's report cannot be used: ${messageOf(error)}`);
    }
  };
}

function predictionsOf(fields: Params) {
  const features: Table | null = fields.features == null ? null : checkTable(fields.features);
  const predictions = arrayOf(fields, "predictions");
  const associationIds = arrayOf(fields, "association_ids")?.map(String) ?? null;
  const lengths = [predictions?.length, associationIds?.length, features?.rows].filter(
    (one) => one !== undefined,
  );
  if (new Set(lengths).size > 1) {
    throw new Error(
      `features, predictions and association_ids have ${lengths.join(", ")} rows; give as many of each`,
    );
  }
  if (lengths.length === 0) throw new Error("it has neither features nor predictions");
  const repeated = firstRepeated(associationIds ?? []);
  if (repeated !== undefined) throw new Error(`the association id ${JSON.stringify(repeated)} comes twice`);
  // Numbers and texts have no classes.
  const hasProbabilities = predictions?.some((one) => Array.isArray(one)) ?? false;
  return {
    features,
    predictions,
    associationIds,
    classNames: (hasProbabilities && arrayOf(fields, "class_names")?.map(String)) || null,
  };
}

function mapOf(value: Value): Params {
  if (isMap(value)) return value;
  throw new Error("its data is not a map");
}

function numberOf(fields: Params, name: string): number | null {
  const value = fields[name] ?? null;
  if (value === null || typeof value === "number") return value;
  throw new Error(`${name} is not a number`);
}

function arrayOf(fields: Params, name: string): Value[] | null {
  const value = fields[name] ?? null;
  if (value === null || Array.isArray(value)) return value;
  throw new Error(`${name} is not an array`);
}

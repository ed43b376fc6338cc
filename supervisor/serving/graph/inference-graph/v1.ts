// The V1 form at a code directory: instances in, predictions out.

import { DrumError } from "../../../errors.js";
import { rowsOf } from "../../../formats/cells.js";
import { items } from "../../../formats/gjson/text.js";
import { bodyPayload } from "../../../formats/input/payload.js";
import { predictionsAsJson } from "../../../predictions/json.js";
import { targetRules } from "../../../predictions/targets.js";
import { chosen, likeliest } from "../../../predictions/tensors/choices.js";
import { tableOf } from "../../../predictions/transformed.js";
import type { Deployment } from "../../deployment/deployment.js";
import type { Departure } from "../../worker/departure.js";
import { columnNames } from "../table-node.js";

/** `instances` is a JSON array. Throws INPUT_INVALID for one without rows of one kind. */
export async function predictInstances(
  deployment: Deployment,
  instances: string,
  departure: Departure,
): Promise<string | Buffer> {
  const payload = await bodyPayload(Buffer.from(bodyFor(deployment, instances)), {
    mimetype: "application/json",
    charset: null,
  });
  if (deployment.release.model.target.type === "transform") {
    const { data } = await deployment.transform(payload, null, departure);
    return JSON.stringify({ predictions: rowsOf(tableOf(data)) });
  }
  const checked = await deployment.predict(payload, departure);
  const { shape, exclusive } = targetRules[checked.targetType];
  if (shape !== "classes") return predictionsAsJson({ ...checked, extra: null });
  return JSON.stringify({ predictions: exclusive ? likeliest(checked) : chosen(checked) });
}

/** Lists get the names of the model's columns; objects have their own. A single value is a row of one cell. */
function bodyFor(deployment: Deployment, instances: string): string {
  const rows = [...items(instances)];
  const kinds = new Set(
    rows.map((row) => (row.startsWith("[") ? "list" : row.startsWith("{") ? "map" : "cell")),
  );
  if (kinds.size !== 1) {
    throw new DrumError(
      "INPUT_INVALID",
      `${deployment.name} takes instances of one kind, all lists or all objects, at least one; got ${instances.slice(0, 80)}`,
    );
  }
  if (kinds.has("map")) return instances;
  const lists = kinds.has("list") ? rows : rows.map((row) => `[${row}]`);
  const names = columnNames([...items(lists[0]!)].length, undefined, deployment);
  return `{"columns":${JSON.stringify(names)},"data":[${lists.join(",")}]}`;
}

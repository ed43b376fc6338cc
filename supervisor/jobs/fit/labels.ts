// Class labels of a fit: given labels must cover the target's values; without any, the labels are these values.

import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import type { LabelWishes } from "../../model/target.js";
import { normalLabel } from "../../predictions/labels.js";
import type { TargetType } from "../../predictions/targets.js";
import { columnTexts } from "./columns.js";
import type { Single } from "./data.js";

/**
 * The labels of options and metadata, or else the target's values in ascending order, numerically if all are numbers. The second of
 * two is the positive class: 1 of 0 and 1, yes of no and yes. Throws USAGE if the target has too few values, or too many for a
 * binary model, or values that are not among the given labels.
 */
export async function chooseLabels(
  type: TargetType,
  target: Single | undefined,
  given: { config: LabelWishes; metadata: LabelWishes | undefined },
): Promise<LabelWishes> {
  const { config, metadata } = given;
  const labels = {
    positiveClassLabel: config.positiveClassLabel,
    negativeClassLabel: config.negativeClassLabel,
    classLabels: config.classLabels,
  };
  if (!target || (type !== "binary" && type !== "multiclass")) return labels;
  const values = sorted(await columnTexts(target.payload.data));
  const known =
    type === "binary"
      ? [
          config.negativeClassLabel ?? metadata?.negativeClassLabel,
          config.positiveClassLabel ?? metadata?.positiveClassLabel,
        ].filter((label) => label !== undefined)
      : (config.classLabels ?? metadata?.classLabels ?? []);
  if (known.length > 0) {
    checkCovered(values, known, target);
    return labels;
  }
  if (values.length < 2 || (type === "binary" && values.length > 2)) {
    const wanted = type === "binary" ? "two" : "two or more";
    throw usage(
      `${target.title} has ${counted(values.length, "different value")} (${listed(values)}), but the target type ${type} needs ${wanted}; choose another target or type`,
    );
  }
  if (type === "multiclass") return { ...labels, classLabels: values };
  return { ...labels, negativeClassLabel: values[0], positiveClassLabel: values[1] };
}

function checkCovered(values: readonly string[], labels: readonly string[], { title }: Single): void {
  const known = new Set(labels.map(normalLabel));
  const unknown = values.filter((value) => !known.has(normalLabel(value)));
  if (unknown.length === 0) return;
  throw usage(
    `${title} has values that are not among the labels ${listed(labels)}: ${listed(unknown)}; correct the labels or the target`,
  );
}

function sorted(texts: readonly (string | null)[]): string[] {
  const values = [...new Set(texts)].filter((text) => text !== null);
  const areNumbers = values.every((value) => Number.isFinite(Number(value)));
  return areNumbers ? values.sort((one, other) => Number(one) - Number(other)) : values.sort();
}

function listed(values: readonly string[]): string {
  return values.slice(0, 10).join(", ") + (values.length > 10 ? ` and ${values.length - 10} more` : "");
}

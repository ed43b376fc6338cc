// Writes predictions row by row, as DataRobot's prediction server does, for --deployment-config.

import { readFileSync } from "node:fs";
import { DrumError, messageOf, usage } from "../../errors.js";
import type { CheckedPredictions } from "../check.js";
import { predictionsAsJson } from "../json.js";
import { targetRules } from "../targets.js";

export interface DeploymentConfig {
  targetName: string;
  /** Class labels in the order of their positions; null if the file has no mapping. */
  labels: readonly string[] | null;
  threshold: number;
}

const usualThreshold = 0.5;
const anomalyLabel = "Anomaly Score";

/** Throws USAGE if the file is not JSON with a target. */
export function readDeploymentConfig(file: string): DeploymentConfig {
  const invalid = (why: string) =>
    usage(`--deployment-config ${file} ${why}; expected JSON like {"target": {"name": "price"}}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw invalid(`cannot be read: ${messageOf(error)}`);
  }
  const target = (content as { target?: unknown } | null)?.target as Record<string, unknown> | undefined;
  if (typeof target !== "object" || target === null) throw invalid("has no target");
  const { name, class_mapping: mapping = null, prediction_threshold: threshold = null } = target;
  if (typeof name !== "string") throw invalid("has a target without a name");
  if (threshold !== null && typeof threshold !== "number")
    throw invalid("has a prediction_threshold that is not a number");
  return { targetName: name, labels: labelsOf(mapping, invalid), threshold: threshold ?? usualThreshold };
}

function labelsOf(mapping: unknown, invalid: (why: string) => DrumError): string[] | null {
  if (mapping === null) return null;
  const isPair = (one: unknown) => Array.isArray(one) && one.length === 2 && typeof one[1] === "number";
  if (!Array.isArray(mapping) || !mapping.every(isPair)) {
    throw invalid("has a class_mapping that is not a list of [label, position] pairs");
  }
  return mapping.toSorted(([, one], [, other]) => one - other).map(([label]) => String(label));
}

type Probabilities = Record<string, number>;

interface Answer {
  predictions: unknown[];
  extraModelOutput?: { columns: string[]; data: unknown[][] };
}

/**
 * `{"data": [row, …]}`. `labels` are the model's; for binary, [negative, positive]. A mapping sets their order. Throws
 * PREDICTIONS_INVALID if the mapping has other labels.
 */
export function predictionsAsRows(
  checked: CheckedPredictions,
  config: DeploymentConfig,
  labels: readonly string[],
): string {
  const isOfClasses = targetRules[checked.targetType].shape === "classes";
  const classes = isOfClasses ? checkLabels(config.labels ?? labels, labels) : [];
  const { predictions, extraModelOutput } = JSON.parse(String(predictionsAsJson(checked))) as Answer;
  const data = predictions.map((prediction, row) => ({
    ...(isOfClasses
      ? classRow(prediction as Probabilities, classes, checked.targetType, config)
      : valueRow(prediction, checked.targetType, config)),
    rowId: row,
    ...(extraModelOutput && { extraModelOutput: extraOf(extraModelOutput, row) }),
  }));
  return JSON.stringify({ data });
}

function checkLabels(mapped: readonly string[], labels: readonly string[]): readonly string[] {
  if (mapped.toSorted().join("\n") === labels.toSorted().join("\n")) return mapped;
  throw new DrumError(
    "PREDICTIONS_INVALID",
    `class_mapping in --deployment-config has the labels ${mapped.join(", ")}, but the model has ${labels.join(", ")}; correct it`,
  );
}

function valueRow(value: unknown, targetType: string, { targetName }: DeploymentConfig) {
  const label = targetType === "anomaly" ? anomalyLabel : targetName;
  return { prediction: value, predictionValues: [{ label, value }] };
}

function classRow(
  probabilities: Probabilities,
  labels: readonly string[],
  targetType: string,
  { threshold }: DeploymentConfig,
) {
  const sizeOf = (label: string) => probabilities[label]!;
  const values = (of: readonly string[]) => of.map((label) => ({ label, value: sizeOf(label) }));
  if (targetType === "multiclass") {
    const prediction = labels.reduce((best, label) => (sizeOf(label) > sizeOf(best) ? label : best));
    return { prediction, predictionValues: values(labels) };
  }
  if (targetType === "multilabel") {
    const prediction = labels.filter((label) => sizeOf(label) > threshold);
    return { prediction, predictionValues: values(labels), predictionThreshold: threshold };
  }
  const [negative, positive] = labels;
  const prediction = sizeOf(positive!) > threshold ? positive : negative;
  return { prediction, predictionValues: values([positive!, negative!]), predictionThreshold: threshold };
}

function extraOf({ columns, data }: NonNullable<Answer["extraModelOutput"]>, row: number) {
  return Object.fromEntries(columns.map((name, at) => [name, data[row]![at]]));
}

// The files of a new code directory: working hooks, metadata, example rows, and a README with the next steps.

import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import type { TargetType } from "../../predictions/targets.js";
import { hookFiles, type NewLanguage } from "./languages.js";
import { fillTemplate } from "./template.js";

export interface NewModel {
  name: string;
  language: NewLanguage;
  targetType: TargetType;
  /** Binary: [negative, positive]; multiclass and multilabel: two or more; empty for other types. */
  labels: readonly string[];
}

/** The predicted column, for target types that name it. */
const targetNames: Partial<Record<TargetType, string>> = {
  textgeneration: "answer",
  vectordatabase: "answer",
  agenticworkflow: "answer",
  geopoint: "place",
  regression: "target",
  binary: "target",
  multiclass: "target",
  multilabel: "target",
};

const examples: Partial<Record<TargetType, string>> = {
  textgeneration: "questions.csv",
  vectordatabase: "questions.csv",
  agenticworkflow: "questions.csv",
  unstructured: "questions.csv",
  geopoint: "places.csv",
};

const routes: Partial<Record<string, string>> = {
  unstructured: "predictUnstructured",
  transform: "transform",
};

/** File names to contents. `packageDirectory` contains templates/. */
export function modelFiles(model: NewModel, packageDirectory: string): Record<string, string> {
  const { name, language, targetType } = model;
  const templates = path.join(packageDirectory, "templates");
  const read = (...names: string[]) => readFileSync(path.join(templates, ...names), "utf8");
  const hookFile = hookFiles[language];
  const words = { name, language, targetType, hookFile, route: routes[targetType] ?? "predict" };
  return {
    [hookFile]: fillTemplate(read(language, hookFile), targetType, {}),
    "model-metadata.yaml": metadataText(model, targetNames[targetType]),
    "example.csv": read("examples", examples[targetType] ?? "numbers.csv"),
    "README.md": fillTemplate(read("model.md"), targetType, words),
  };
}

/** model-metadata.yaml of a model that predicts the column `targetName`. */
export function metadataText(
  { name, targetType, labels }: Pick<NewModel, "name" | "targetType" | "labels">,
  targetName: string | undefined,
): string {
  const [negativeClassLabel, positiveClassLabel] = labels;
  const target = {
    ...(targetName && { targetName }),
    ...(targetType === "binary" && { positiveClassLabel, negativeClassLabel }),
    ...(targetType !== "binary" && labels.length > 0 && { classLabels: labels }),
  };
  const hasTarget = Object.keys(target).length > 0;
  return stringify({ name, type: "inference", targetType, ...(hasTarget && { inferenceModel: target }) });
}

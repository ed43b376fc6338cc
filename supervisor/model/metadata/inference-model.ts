// Reads `inferenceModel` of model-metadata.yaml: the target's name, its labels and the prediction threshold.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import type { Entry } from "./entry.js";

export interface InferenceModel {
  targetName: string | undefined;
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  /** From the list or the file; at least two, all different. */
  classLabels: readonly string[] | undefined;
  /** From 0 to 1. */
  predictionThreshold: number | undefined;
}

const keys = [
  "targetName",
  "positiveClassLabel",
  "negativeClassLabel",
  "classLabels",
  "classLabelsFile",
  "predictionThreshold",
] as const;

export function readInferenceModel(entry: Entry | undefined, codeDirectory: string): InferenceModel {
  const fields = entry?.fields(keys) ?? {};
  const { classLabels, classLabelsFile } = fields;
  if (classLabels && classLabelsFile) {
    throw classLabelsFile.fault("both classLabels and classLabelsFile are set; keep one of them");
  }
  return {
    targetName: fields.targetName?.text(),
    positiveClassLabel: fields.positiveClassLabel?.text(),
    negativeClassLabel: fields.negativeClassLabel?.text(),
    classLabels:
      classLabelsFile === undefined
        ? listedLabels(classLabels)
        : labelsInFile(classLabelsFile, codeDirectory),
    predictionThreshold: fields.predictionThreshold?.number(
      "a number from 0 to 1",
      (value) => value >= 0 && value <= 1,
    ),
  };
}

function listedLabels(entry: Entry | undefined): readonly string[] | undefined {
  const labels = entry?.list("a list of at least two labels").map((label) => label.text("a label"));
  return entry && labels && checkLabels(entry, labels, "classLabels");
}

/** One label per line. Looks up a relative path in the code directory first, then, as in DRUM, in the working directory. */
function labelsInFile(entry: Entry, codeDirectory: string): readonly string[] {
  const name = entry.text("the name of a file");
  const candidates = [path.resolve(codeDirectory, name), path.resolve(name)];
  const file = candidates.find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) {
    throw entry.fault(
      `classLabelsFile names ${name}, but the file ${candidates[0]} does not exist; correct it`,
    );
  }
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return checkLabels(
    entry,
    lines.filter((line) => line !== ""),
    `the file ${file}`,
  );
}

function checkLabels(entry: Entry, labels: string[], source: string): readonly string[] {
  if (labels.length < 2) {
    throw entry.fault(`${source} has ${counted(labels.length, "label")}; expected at least two labels`);
  }
  const repeated = labels.find((label, at) => labels.indexOf(label) !== at);
  if (repeated !== undefined) throw entry.fault(`${source} has the label "${repeated}" twice; keep one`);
  return labels;
}

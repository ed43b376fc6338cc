// Options of drum fit.

import { inGroup } from "./option.js";

export const trainingOptions = inGroup("Training", {
  input: {
    name: "input",
    kind: "file",
    once: true,
    takesStandardInput: true,
    placeholder: "FILE",
    required: true,
    help: "the data to train on: CSV, JSON, JSON lines, Parquet, Arrow or Matrix Market, also gzipped; - for standard input",
  },
  output: {
    name: "output",
    kind: "path",
    placeholder: "DIR",
    help: "a folder, made if it is not there, that becomes the trained model's code directory; without it, the model is tried and then deleted",
  },
  target: {
    name: "target",
    kind: "text",
    rival: "target-csv",
    placeholder: "COLUMN",
    help: "the input column to predict",
  },
  targetFile: {
    name: "target-csv",
    kind: "file",
    rival: "target",
    placeholder: "FILE",
    help: "a CSV file whose only column is the target, in place of --target",
  },
  weights: {
    name: "row-weights",
    kind: "text",
    rival: "row-weights-csv",
    placeholder: "COLUMN",
    help: "the input column with the row weights",
  },
  weightsFile: {
    name: "row-weights-csv",
    kind: "file",
    rival: "row-weights",
    placeholder: "FILE",
    help: "a CSV file whose only column is the weights, in place of --row-weights",
  },
  rows: {
    name: "num-rows",
    kind: "rows",
    placeholder: "N|ALL",
    help: "train on N random input rows, the same ones on every run (default: ALL)",
  },
  parameterFile: {
    name: "parameter-file",
    kind: "file",
    placeholder: "FILE",
    help: "a JSON file with hyperparameters by name (default: the defaults in model-metadata.yaml)",
  },
  skipPredict: {
    name: "skip-predict",
    kind: "flag",
    variable: "SKIP_PREDICT",
    help: "do not predict with the trained model",
  },
  isLenient: {
    name: "disable-strict-validation",
    kind: "flag",
    help: "warn instead of failing if the data violate typeSchema",
  },
  writesMetadata: {
    name: "enable-fit-metadata",
    kind: "flag",
    help: "write the training's time and memory to fit_runtime_data.json",
  },
});

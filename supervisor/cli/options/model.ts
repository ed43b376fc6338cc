// Options that describe the model: its folder, its target, its input, and the values that its hooks can read.

import { targetTypes } from "../../predictions/targets.js";
import { inGroup } from "./option.js";

const codeDirectoryHelp = "the folder with the model's hook files and artifacts (short: -cd)";

export const { codeDirectory, codeDirectories, comparedDirectories, modelDirectory, modelName } = inGroup(
  "Model",
  {
    codeDirectory: {
      name: "code-dir",
      kind: "directory",
      once: true,
      required: true,
      variable: "CODE_DIR",
      placeholder: "DIR",
      help: codeDirectoryHelp,
    },
    codeDirectories: {
      name: "code-dir",
      kind: "directories",
      variable: "CODE_DIR",
      placeholder: "DIR",
      help: `${codeDirectoryHelp}; give several to serve each under /models/NAME/`,
    },
    comparedDirectories: {
      name: "code-dir",
      kind: "directories",
      required: true,
      placeholder: "DIR",
      help: "a code directory; give it twice, or once with two --runtime",
    },
    modelDirectory: {
      name: "model-dir",
      kind: "directory",
      variable: "DRUM_MODEL_DIR",
      placeholder: "DIR",
      help: "a folder with one code directory per model, or a repository of MLServer, in place of --code-dir",
    },
    modelName: {
      name: "model-name",
      kind: "text",
      variable: "DRUM_MODEL_NAME",
      placeholder: "NAME",
      help: "the name of a single model, in place of that of its folder",
    },
  },
);

/** What the model predicts. */
export const targetOptions = inGroup("Model", {
  targetType: {
    name: "target-type",
    kind: "text",
    variable: "TARGET_TYPE",
    placeholder: "TYPE",
    choices: targetTypes,
    help: "what the model predicts (default: targetType in model-metadata.yaml)",
  },
  positiveClassLabel: {
    name: "positive-class-label",
    kind: "text",
    variable: "POSITIVE_CLASS_LABEL",
    placeholder: "LABEL",
    help: "binary: the label of the positive class",
  },
  negativeClassLabel: {
    name: "negative-class-label",
    kind: "text",
    variable: "NEGATIVE_CLASS_LABEL",
    placeholder: "LABEL",
    help: "binary: the label of the negative class",
  },
  classLabels: {
    name: "class-labels",
    kind: "texts",
    variable: "CLASS_LABELS",
    rival: "class-labels-file",
    placeholder: "LABEL",
    help: "multiclass and multilabel: two or more labels",
  },
  classLabelsFile: {
    name: "class-labels-file",
    kind: "file",
    variable: "CLASS_LABELS_FILE",
    rival: "class-labels",
    placeholder: "FILE",
    help: "multiclass and multilabel: a file with one label per line",
  },
});

/** Values that hooks can read. */
export const parameterOptions = inGroup("Model", {
  runtimeParametersFile: {
    name: "runtime-params-file",
    kind: "file",
    variable: "RUNTIME_PARAMS_FILE",
    placeholder: "FILE",
    help: "a YAML file with values for the runtime parameters that model-metadata.yaml defines",
  },
  secretsMountPath: {
    name: "user-secrets-mount-path",
    kind: "text",
    variable: "USER_SECRETS_MOUNT_PATH",
    placeholder: "FOLDER",
    help: "a folder with one JSON file per secret; hooks read a secret by its file's name",
  },
  secretsPrefix: {
    name: "user-secrets-prefix",
    kind: "text",
    variable: "USER_SECRETS_PREFIX",
    placeholder: "PREFIX",
    help: "environment variables PREFIX_NAME hold secrets as JSON; a mounted secret of the same name wins",
  },
});

export const { lazyLoadingFile, language } = inGroup("Model", {
  lazyLoadingFile: {
    name: "lazy-loading-file",
    kind: "file",
    variable: "LAZY_LOADING_FILE",
    placeholder: "FILE",
    help: "a YAML file that lists files to download from S3 into the code directory before the model loads",
  },
  language: {
    name: "language",
    kind: "text",
    placeholder: "NAME",
    help: "the model's language (default: detected from its files)",
  },
});

/** Every option that describes a model, except for its folder. */
export const modelOptions = { ...targetOptions, ...parameterOptions, lazyLoadingFile, language };

export const { input, sparseColumnFile, output } = inGroup("Model", {
  input: {
    name: "input",
    kind: "file",
    once: true,
    takesStandardInput: true,
    required: true,
    placeholder: "FILE",
    help: "the data to score: CSV, JSON, JSON lines, Parquet, Arrow or Matrix Market, also gzipped; - for standard input",
  },
  sparseColumnFile: {
    name: "sparse-column-file",
    kind: "file",
    placeholder: "FILE",
    help: "the column names of a Matrix Market input, one per line",
  },
  output: {
    name: "output",
    kind: "path",
    placeholder: "FILE",
    help: "write predictions to this file instead of printing them: .jsonl, .arrow, .parquet, .mtx (transform), or CSV",
  },
});

/** The request to an unstructured model. */
export const unstructuredOptions = inGroup("Model", {
  contentType: {
    name: "content-type",
    kind: "text",
    placeholder: "TYPE",
    help: "unstructured: the media type of the input (default: text/plain;charset=utf8)",
  },
  query: {
    name: "query",
    kind: "text",
    placeholder: "QUERY",
    help: "unstructured: the query that the hook gets, for example 'a=1&b=2'",
  },
});

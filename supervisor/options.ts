// The command-line options as data: one row each, with the commands that take it and the variable that may stand in for it.
// main.ts makes the parser from these rows and config.ts the values, so an option is written down once.

export const targetTypes = [
  "regression",
  "binary",
  "multiclass",
  "multilabel",
  "anomaly",
  "textgeneration",
  "vectordatabase",
  "agenticworkflow",
  "geopoint",
  "transform",
  "unstructured",
] as const;
export type TargetType = (typeof targetTypes)[number];

export const loggingLevels = [
  "debug",
  "info",
  "warn",
  "warning",
  "error",
  "critical",
  "fatal",
  "all",
] as const;

export type OptionKind =
  | "text"
  | "texts"
  | "flag"
  | "count"
  | "number"
  | "seconds"
  | "bytes"
  | "directory"
  | "directories"
  | "file"
  | "path";
export type CommandName =
  | "score"
  | "server"
  | "compare"
  | "swap"
  | "validation"
  | "perf-test"
  | "push"
  | "fit"
  | "new model"
  | "new env";

/** The languages that `drum new` has templates of, one folder each in templates/. */
export const newLanguages = ["python", "r", "julia", "java"] as const;

export interface Option {
  /** Long name without dashes; the short form of --code-dir is in cli/arguments.ts. */
  name: string;
  /** One letter. */
  short?: string;
  kind: OptionKind;
  commands: readonly CommandName[];
  help: string;
  variable?: string;
  /** The option without which it would do nothing. */
  needs?: string;
  /** Counts where `variable` is not set. */
  otherVariable?: string;
  placeholder?: string;
  choices?: readonly string[];
  required?: boolean;
  fallback?: string | number;
}

const both = ["score", "server"] as const;
const tests = ["validation", "perf-test"] as const;
const perfTest = ["perf-test"] as const;
const score = ["score"] as const;
const server = ["server"] as const;
const models = ["score", "server", "compare", ...tests, "fit"] as const;
const fit = ["fit"] as const;
const swap = ["swap"] as const;
const push = ["push"] as const;
/** Commands that may run in a container. */
const containable = [...both, ...tests, ...push, ...fit] as const;
const newModel = ["new model"] as const;
const newEnv = ["new env"] as const;
const described = [...models, ...newModel] as const;
const told = [...described, ...push] as const;
const notTests = ["score", "server", "compare", ...fit, ...swap, ...push, ...newModel, ...newEnv] as const;
const all = [...notTests, ...tests] as const;

export const options: readonly Option[] = [
  {
    name: "code-dir",
    kind: "directories",
    commands: [...both, ...tests, ...push, ...fit],
    variable: "CODE_DIR",
    placeholder: "DIR",
    help: "folder with the hook files and the artifacts of the model (short: -cd); a server takes several, each served under /models/NAME/",
  },
  {
    name: "code-dir",
    kind: "directories",
    commands: ["compare"],
    placeholder: "DIR",
    help: "a code directory; given twice, or once with --runtime twice",
  },
  {
    name: "code-dir",
    kind: "path",
    commands: swap,
    placeholder: "DIR",
    help: "the code directory to serve from now on, on the server's machine; the one it has when not given",
  },
  {
    name: "code-dir",
    kind: "path",
    commands: newModel,
    variable: "CODE_DIR",
    placeholder: "DIR",
    help: "the folder to make, which must not exist yet (short: -cd)",
  },
  {
    name: "name",
    kind: "text",
    commands: newModel,
    placeholder: "NAME",
    help: "name of the model; the folder's when not given",
  },
  {
    name: "model",
    kind: "text",
    commands: swap,
    placeholder: "NAME",
    help: "which model, where the server has several",
  },
  {
    name: "replay",
    kind: "count",
    commands: swap,
    placeholder: "N",
    help: "send the last N requests to both releases before the switch, and report how far their predictions are apart",
  },
  {
    name: "max-diff",
    kind: "number",
    needs: "replay",
    commands: swap,
    placeholder: "X",
    help: "with --replay: do not switch when two predictions are further apart",
  },
  {
    name: "model-dir",
    kind: "directory",
    commands: server,
    variable: "DRUM_MODEL_DIR",
    placeholder: "DIR",
    help: "folder that holds one code directory a model, in place of --code-dir",
  },
  {
    name: "input",
    kind: "file",
    commands: ["score", "compare", ...tests],
    placeholder: "FILE",
    required: true,
    help: "data to score: CSV, or Matrix Market when the name ends in .mtx",
  },
  {
    name: "sparse-column-file",
    kind: "file",
    commands: ["score", "fit"],
    placeholder: "FILE",
    help: "names of the columns of a Matrix Market input, one a line",
  },
  {
    name: "output",
    kind: "path",
    commands: score,
    placeholder: "FILE",
    help: "write the predictions to this file instead of printing them: CSV, or as .jsonl, .arrow, .parquet or (transform) .mtx by the ending",
  },
  {
    name: "input",
    kind: "file",
    commands: fit,
    placeholder: "FILE",
    required: true,
    help: "data to train on: CSV, or Matrix Market when the name ends in .mtx",
  },
  {
    name: "output",
    kind: "directory",
    commands: fit,
    placeholder: "DIR",
    help: "existing folder for the trained model, which drum score takes as --code-dir; without it the model is tried and thrown away",
  },
  {
    name: "target",
    kind: "text",
    commands: fit,
    placeholder: "COLUMN",
    help: "column of the input that is to be predicted",
  },
  {
    name: "target-csv",
    kind: "file",
    commands: fit,
    placeholder: "FILE",
    help: "CSV of one column with the target, in place of --target",
  },
  {
    name: "row-weights",
    kind: "text",
    commands: fit,
    placeholder: "COLUMN",
    help: "column of the input with the weights of the rows",
  },
  {
    name: "row-weights-csv",
    kind: "file",
    commands: fit,
    placeholder: "FILE",
    help: "CSV of one column with the weights, in place of --row-weights",
  },
  {
    name: "num-rows",
    kind: "text",
    commands: fit,
    placeholder: "N|ALL",
    help: "train on so many rows of the input, chosen at random but the same each time",
  },
  {
    name: "parameter-file",
    kind: "file",
    commands: fit,
    placeholder: "FILE",
    help: "JSON with the hyperparameters by name; without any the defaults of model-metadata.yaml count",
  },
  {
    name: "skip-predict",
    kind: "flag",
    commands: fit,
    variable: "SKIP_PREDICT",
    help: "do not predict with the trained model",
  },
  {
    name: "disable-strict-validation",
    kind: "flag",
    commands: fit,
    help: "warn of data that typeSchema does not allow, and go on",
  },
  {
    name: "enable-fit-metadata",
    kind: "flag",
    commands: fit,
    help: "write fit_runtime_data.json with the time and memory that the training took",
  },
  {
    name: "address",
    kind: "text",
    commands: server,
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    required: true,
    help: "where to listen; the port is 8080 and the host 127.0.0.1 unless given",
  },
  {
    name: "address",
    kind: "text",
    commands: swap,
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    required: true,
    help: "where the server listens; its token, where it has one, is taken from the variable DRUM_TOKEN",
  },
  {
    name: "runtime",
    kind: "texts",
    commands: swap,
    placeholder: "LANGUAGE=PATH|NAME",
    help: "interpreter or environment to serve the model with from now on",
  },
  {
    name: "target-type",
    kind: "text",
    commands: described,
    variable: "TARGET_TYPE",
    placeholder: "TYPE",
    choices: targetTypes,
    help: "what the model predicts; may come from model-metadata.yaml instead",
  },
  {
    name: "runtime-params-file",
    kind: "file",
    commands: [...models, ...push],
    variable: "RUNTIME_PARAMS_FILE",
    placeholder: "FILE",
    help: "YAML with values of the runtime parameters that model-metadata.yaml defines",
  },
  {
    name: "lazy-loading-file",
    kind: "file",
    commands: models,
    variable: "LAZY_LOADING_FILE",
    placeholder: "FILE",
    help: "YAML with files to fetch from S3 into the code directory before the model is loaded",
  },
  {
    name: "user-secrets-mount-path",
    kind: "text",
    commands: [...models, ...push],
    variable: "USER_SECRETS_MOUNT_PATH",
    placeholder: "FOLDER",
    help: "folder of JSON files with the secrets that hooks may ask for by the files' names",
  },
  {
    name: "user-secrets-prefix",
    kind: "text",
    commands: [...models, ...push],
    variable: "USER_SECRETS_PREFIX",
    placeholder: "PREFIX",
    help: "variables PREFIX_NAME hold secrets in JSON; a mounted one of that name wins",
  },
  {
    name: "content-type",
    kind: "text",
    commands: ["score", "validation"],
    placeholder: "TYPE",
    help: "unstructured: the media type of the input (text/plain; charset=utf8)",
  },
  {
    name: "query",
    kind: "text",
    commands: ["score", "validation"],
    placeholder: "QUERY",
    help: "unstructured: what the hook gets as query, e.g. 'a=1&b=2'",
  },
  {
    name: "positive-class-label",
    kind: "text",
    commands: described,
    variable: "POSITIVE_CLASS_LABEL",
    placeholder: "LABEL",
    help: "binary: the label of the positive class",
  },
  {
    name: "negative-class-label",
    kind: "text",
    commands: described,
    variable: "NEGATIVE_CLASS_LABEL",
    placeholder: "LABEL",
    help: "binary: the label of the negative class",
  },
  {
    name: "class-labels",
    kind: "texts",
    commands: described,
    variable: "CLASS_LABELS",
    placeholder: "LABEL",
    help: "multiclass and multilabel: the labels, two or more",
  },
  {
    name: "class-labels-file",
    kind: "file",
    commands: described,
    variable: "CLASS_LABELS_FILE",
    placeholder: "FILE",
    help: "multiclass and multilabel: a file with one label a line",
  },
  {
    name: "language",
    kind: "text",
    commands: [...models, ...push],
    placeholder: "NAME",
    help: "language of the model, when it should not be found out from the files",
  },
  {
    name: "language",
    kind: "text",
    commands: [...newModel, ...newEnv],
    placeholder: "NAME",
    choices: newLanguages,
    help: "language to write hooks in, or to choose an environment for",
  },
  {
    name: "from",
    kind: "text",
    commands: newEnv,
    placeholder: "NAME",
    help: "the environment to begin with, one of drum environment list; the usual one of --language when not given",
  },
  {
    name: "output",
    kind: "path",
    commands: newEnv,
    placeholder: "DIR",
    required: true,
    help: "the folder to make, which must not exist yet; the environment goes by its name",
  },
  {
    name: "runtime",
    kind: "texts",
    commands: [...models, ...push],
    variable: "DRUM_RUNTIME",
    placeholder: "LANGUAGE=PATH|NAME",
    help: "interpreter or installed environment to run models of a language with, e.g. python=/usr/bin/python3; may be given for several languages",
  },
  {
    name: "install-deps",
    kind: "flag",
    commands: [...models, ...push],
    variable: "DRUM_INSTALL_DEPS",
    help: "python: install the code directory's requirements.txt, which lists all that the model needs, into an environment of its own",
  },
  {
    name: "max-workers",
    kind: "count",
    commands: ["server", "perf-test"],
    variable: "MAX_WORKERS",
    placeholder: "N",
    fallback: 1,
    help: "worker processes, each with the model loaded",
  },
  {
    name: "worker-threads",
    kind: "count",
    commands: server,
    variable: "DRUM_WORKER_THREADS",
    placeholder: "N",
    fallback: 1,
    help: "chat and score_unstructured hooks that a worker runs side by side while they wait for other services (python)",
  },
  {
    name: "production",
    kind: "flag",
    needs: "max-workers",
    commands: ["server", "perf-test"],
    variable: "PRODUCTION",
    help: "accepted for compatibility: there is one kind of server",
  },
  {
    name: "with-error-server",
    kind: "flag",
    commands: server,
    variable: "WITH_ERROR_SERVER",
    help: "when the model cannot be started, answer 513 with the reason instead of ending",
  },
  {
    name: "deployment-config",
    kind: "file",
    commands: server,
    variable: "DEPLOYMENT_CONFIG",
    placeholder: "FILE",
    help: "JSON with name, class_mapping and prediction_threshold of the target: answer rows as DataRobot's prediction server does",
  },
  {
    name: "monitor",
    kind: "flag",
    commands: both,
    variable: "MONITOR",
    help: "report every prediction to a service with DataRobot's API, in the background",
  },
  {
    name: "monitor-embedded",
    kind: "flag",
    commands: both,
    variable: "MLOPS_REPORTING_FROM_UNSTRUCTURED_MODELS",
    help: "unstructured: give the hook an object mlops to report with",
  },
  {
    name: "deployment-id",
    kind: "text",
    commands: both,
    variable: "DEPLOYMENT_ID",
    otherVariable: "MLOPS_DEPLOYMENT_ID",
    placeholder: "ID",
    help: "deployment that reports are for",
  },
  {
    name: "model-id",
    kind: "text",
    commands: both,
    variable: "MODEL_ID",
    otherVariable: "MLOPS_MODEL_ID",
    placeholder: "ID",
    help: "model that reports are for",
  },
  {
    name: "monitor-settings",
    kind: "text",
    commands: both,
    variable: "MONITOR_SETTINGS",
    placeholder: "TEXT",
    help: "where reports wait: spooler_type=filesystem;directory=DIR;max_files=N;file_max_size=BYTES, or spooler_type=api",
  },
  {
    name: "webserver",
    kind: "text",
    commands: both,
    variable: "EXTERNAL_WEB_SERVER_URL",
    placeholder: "URL",
    help: "service that takes the reports",
  },
  {
    name: "api-token",
    kind: "text",
    commands: both,
    variable: "API_TOKEN",
    placeholder: "TOKEN",
    help: "token for it; the variable keeps it out of the list of processes",
  },
  {
    name: "allow-dr-api-access",
    kind: "flag",
    commands: both,
    variable: "ALLOW_DR_API_ACCESS_FOR_ALL_CUSTOM_MODELS",
    help: "with --monitor: ask the service which column holds association ids, and what it tracks",
  },
  {
    name: "request-timeout",
    kind: "seconds",
    commands: server,
    variable: "DRUM_REQUEST_TIMEOUT",
    placeholder: "SECONDS",
    fallback: 600,
    help: "a prediction that takes longer is given up and its worker replaced (600)",
  },
  {
    name: "request-timeout",
    kind: "seconds",
    commands: ["score", "compare", ...tests],
    variable: "DRUM_REQUEST_TIMEOUT",
    placeholder: "SECONDS",
    help: "a prediction that takes longer is given up (no limit)",
  },
  {
    name: "start-timeout",
    kind: "seconds",
    commands: [...models, ...push],
    variable: "DRUM_START_TIMEOUT",
    placeholder: "SECONDS",
    fallback: 600,
    help: "a worker that has not loaded its model by then is given up",
  },
  {
    name: "queue-size",
    kind: "count",
    commands: server,
    variable: "DRUM_QUEUE_SIZE",
    placeholder: "N",
    fallback: 1000,
    help: "requests that may wait for a worker; further ones get 503",
  },
  {
    name: "max-body-size",
    kind: "bytes",
    commands: server,
    variable: "DRUM_MAX_BODY_SIZE",
    placeholder: "SIZE",
    fallback: "512MB",
    help: "largest request body, e.g. 64MB; larger ones get 413",
  },
  {
    name: "no-retry",
    kind: "flag",
    commands: server,
    variable: "DRUM_NO_RETRY",
    help: "do not repeat a prediction whose worker died",
  },
  {
    name: "logging-level",
    kind: "text",
    commands: told,
    placeholder: "LEVEL",
    choices: loggingLevels,
    fallback: "warning",
    help: "least severe messages to log",
  },
  { name: "verbose", kind: "flag", commands: told, help: "say what is done and why on stderr" },
  {
    name: "show-stacktrace",
    kind: "flag",
    commands: told,
    variable: "SHOW_STACKTRACE",
    help: "print drum's own stack trace with an error",
  },
  {
    name: "gpu-predictor",
    kind: "text",
    commands: both,
    placeholder: "NAME",
    choices: ["triton", "nim", "vllm"],
    help: "of DRUM, refused here: there are no GPU predictors",
  },
  { name: "sidecar", kind: "flag", commands: both, help: "of DRUM, refused here, as --gpu-predictor is" },
  {
    name: "triton-host",
    kind: "text",
    commands: both,
    variable: "TRITON_HOST",
    placeholder: "URL",
    help: "of DRUM, refused here, as --gpu-predictor is; the variable is checked",
  },
  {
    name: "triton-http-port",
    kind: "count",
    commands: both,
    variable: "TRITON_HTTP_PORT",
    placeholder: "PORT",
    help: "of DRUM, refused here, as --gpu-predictor is; the variable is checked",
  },
  {
    name: "triton-grpc-port",
    kind: "count",
    commands: both,
    variable: "TRITON_GRPC_PORT",
    placeholder: "PORT",
    help: "of DRUM, refused here, as --gpu-predictor is; the variable is checked",
  },
  { name: "show-perf", kind: "flag", commands: both, help: "measure and report how long predictions take" },
  {
    name: "samples",
    short: "s",
    kind: "count",
    commands: perfTest,
    placeholder: "N",
    help: "measure one case of N rows a request, all of the file's when --iterations is given alone",
  },
  {
    name: "iterations",
    short: "i",
    kind: "count",
    commands: perfTest,
    placeholder: "N",
    help: "measure one case of N requests, one when --samples is given alone",
  },
  {
    name: "timeout",
    kind: "seconds",
    commands: perfTest,
    placeholder: "SECONDS",
    fallback: 600,
    help: "a case that takes longer has failed",
  },
  {
    name: "in-server",
    kind: "flag",
    commands: perfTest,
    help: "tell also how long a prediction takes inside the server",
  },
  {
    name: "baseline",
    kind: "file",
    commands: perfTest,
    placeholder: "FILE",
    help: "an earlier report to compare with: exit code 1 when a median or the memory has grown too much",
  },
  {
    name: "max-ratio",
    kind: "number",
    needs: "baseline",
    commands: perfTest,
    placeholder: "X",
    help: "with --baseline: how many times the baseline's a median and the memory may be (1.5)",
  },
  { name: "json", kind: "flag", commands: tests, help: "print JSON" },
  {
    name: "report",
    kind: "path",
    commands: tests,
    placeholder: "FILE",
    help: "write the report to this file as JSON, beside what is printed",
  },
  {
    name: "url",
    kind: "text",
    commands: perfTest,
    placeholder: "URL",
    help: "accepted for compatibility: the server that is measured is always one of its own",
  },
  {
    name: "webserver",
    kind: "text",
    commands: push,
    variable: "DATAROBOT_ENDPOINT",
    otherVariable: "EXTERNAL_WEB_SERVER_URL",
    placeholder: "URL",
    help: "service with DataRobot's API to push to; without it, the one of ~/.config/datarobot/drconfig.yaml",
  },
  {
    name: "api-token",
    kind: "text",
    commands: push,
    variable: "DATAROBOT_API_TOKEN",
    otherVariable: "API_TOKEN",
    placeholder: "TOKEN",
    help: "token for it; the variable keeps it out of the list of processes",
  },
  {
    name: "docker",
    kind: "text",
    commands: containable,
    placeholder: "IMAGE|DIR",
    help: "run the command in a container of this image, or of the one that the folder's Dockerfile makes; push: the local check alone",
  },
  {
    name: "skip-deps-install",
    kind: "flag",
    needs: "docker",
    commands: containable,
    help: "with --docker DIR: do not install the code directory's requirements.txt into the image",
  },
  {
    name: "memory",
    kind: "text",
    needs: "docker",
    commands: containable,
    placeholder: "SIZE",
    help: "with --docker: most memory that the container may use, e.g. 512m or 2g",
  },
  {
    name: "print-config",
    kind: "flag",
    commands: all,
    help: "print each setting and where it comes from, and do nothing else",
  },
  {
    name: "json",
    kind: "flag",
    commands: notTests,
    needs: "print-config",
    help: "with --print-config: print JSON",
  },
];

export function optionsOf(command: CommandName): Option[] {
  return options.filter((option) => option.commands.includes(command));
}

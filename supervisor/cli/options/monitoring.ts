// Options of monitoring, drum push and drum hub: a service with DataRobot's API.

import { inGroup } from "./option.js";

export const monitoringOptions = inGroup("Monitoring", {
  monitor: {
    name: "monitor",
    kind: "flag",
    variable: "MONITOR",
    help: "report every prediction to a service with DataRobot's API, in the background",
  },
  embedded: {
    name: "monitor-embedded",
    kind: "flag",
    variable: "MLOPS_REPORTING_FROM_UNSTRUCTURED_MODELS",
    help: "unstructured: pass the hook an object mlops that it reports with",
  },
  deploymentId: {
    name: "deployment-id",
    kind: "text",
    variable: "DEPLOYMENT_ID",
    otherVariable: "MLOPS_DEPLOYMENT_ID",
    placeholder: "ID",
    help: "the deployment to report for",
  },
  modelId: {
    name: "model-id",
    kind: "text",
    variable: "MODEL_ID",
    otherVariable: "MLOPS_MODEL_ID",
    placeholder: "ID",
    help: "the model to report for",
  },
  settings: {
    name: "monitor-settings",
    kind: "text",
    variable: "MONITOR_SETTINGS",
    placeholder: "TEXT",
    help: "where reports wait: spooler_type=filesystem;directory=DIR;max_files=N;file_max_size=BYTES, or spooler_type=api",
  },
  webserver: {
    name: "webserver",
    kind: "text",
    variable: "EXTERNAL_WEB_SERVER_URL",
    placeholder: "URL",
    help: "the service that takes the reports",
  },
  apiToken: {
    name: "api-token",
    kind: "text",
    variable: "API_TOKEN",
    placeholder: "TOKEN",
    help: "the service's token; the variable keeps it out of the process list",
  },
  allowApiAccess: {
    name: "allow-dr-api-access",
    kind: "flag",
    variable: "ALLOW_DR_API_ACCESS_FOR_ALL_CUSTOM_MODELS",
    help: "with --monitor: ask the service for its association id column and tracking settings",
  },
});

export const serviceOptions = inGroup("Service", {
  webserver: {
    name: "webserver",
    kind: "text",
    variable: "DATAROBOT_ENDPOINT",
    otherVariable: "EXTERNAL_WEB_SERVER_URL",
    placeholder: "URL",
    help: "the service to push to (default: the one in ~/.config/datarobot/drconfig.yaml)",
  },
  apiToken: {
    name: "api-token",
    kind: "text",
    variable: "DATAROBOT_API_TOKEN",
    otherVariable: "API_TOKEN",
    placeholder: "TOKEN",
    help: "the service's token; the variable keeps it out of the process list",
  },
});

/** Of drum hub and its subcommands. */
export const hubOptions = inGroup("Serving", {
  dataDirectory: {
    name: "data-dir",
    kind: "path",
    required: true,
    variable: "DRUM_HUB_DATA",
    placeholder: "DIR",
    help: "where the hub keeps its store and files; made if it is not there",
  },
  importFile: {
    name: "import",
    kind: "file",
    placeholder: "FILE",
    help: "a YAML file with projects, models and deployments to bring in at start",
  },
  requiresServer: {
    name: "require-prediction-server",
    kind: "flag",
    help: "refuse to create a deployment that does not name its prediction server",
  },
  maxBatchSize: {
    name: "max-batch-size",
    kind: "bytes",
    placeholder: "SIZE",
    fallback: "4000MB",
    help: "the largest CSV of a batch prediction job; a larger one fails its job",
  },
  fileQuota: {
    name: "file-quota",
    kind: "space",
    placeholder: "SIZE",
    fallback: "10GB",
    help: "the space of all files that users upload for custom models; what would be over it is refused",
  },
  maxUpload: {
    name: "max-upload",
    kind: "space",
    placeholder: "SIZE",
    fallback: "2GB",
    help: "the largest upload of files for a version of a custom model, a dataset or an execution environment",
  },
  rateLimit: {
    name: "rate-limit",
    kind: "number",
    variable: "DRUM_HUB_RATE_LIMIT",
    placeholder: "N",
    fallback: 3000,
    help: "requests that a token may send a minute, predictions apart; 0 is no limit",
  },
  predictionRateLimit: {
    name: "prediction-rate-limit",
    kind: "number",
    variable: "DRUM_HUB_PREDICTION_RATE_LIMIT",
    placeholder: "N",
    fallback: 0,
    help: "predictions that a token may ask a minute; 0 is no limit",
  },
});

/** Of the commands beside a hub. */
export const besideHubOptions = inGroup("Serving", {
  dataDirectory: { ...hubOptions.dataDirectory, help: "the data directory of the hub" },
  userName: {
    name: "user",
    kind: "text",
    placeholder: "NAME",
    fallback: "admin",
    help: "the user who gets the token; made if there is none of this name",
  },
  isAdministrator: {
    name: "admin",
    kind: "flag",
    help: "make the new user an administrator, who may see and change everything",
  },
  only: {
    name: "only",
    kind: "flag",
    help: "revoke all other tokens of the user",
  },
  list: {
    name: "list",
    kind: "flag",
    help: "list users and their tokens, with ids and times, and make none",
  },
  revoke: {
    name: "revoke",
    kind: "text",
    placeholder: "ID",
    help: "revoke the token with this id, as --list shows it, and make none",
  },
  since: {
    name: "since",
    kind: "text",
    placeholder: "TIME",
    help: "print lines from this time on, in ISO 8601, such as 2026-12-01 or 2026-12-01T09:30Z",
  },
  output: {
    name: "output",
    kind: "path",
    required: true,
    placeholder: "FILE",
    help: "the backup to write, a .tar.gz; it must not be there",
  },
  input: {
    name: "input",
    kind: "file",
    required: true,
    placeholder: "FILE",
    help: "the backup to read",
  },
  newDirectory: {
    ...hubOptions.dataDirectory,
    help: "the data directory to make; it must not be there, or be empty",
  },
  address: {
    name: "address",
    kind: "address",
    variable: "ADDRESS",
    required: true,
    placeholder: "HOST[:PORT]",
    help: "where the hub listens; an administrator's token is read from the variable DRUM_TOKEN, or from --token-file",
  },
  tokenFile: {
    name: "token-file",
    kind: "file",
    placeholder: "FILE",
    help: "a file that holds the token (default: the variable DRUM_TOKEN)",
  },
});

/** Of drum hub replace. */
export const replaceOptions = inGroup("Serving", {
  address: {
    name: "address",
    kind: "address",
    variable: "ADDRESS",
    placeholder: "HOST[:PORT]",
    required: true,
    help: "where the hub listens; the token of an owner is read from the variable DRUM_TOKEN",
  },
  model: {
    name: "model",
    kind: "text",
    placeholder: "ID",
    required: true,
    help: "the model that takes over",
  },
  reason: {
    name: "reason",
    kind: "text",
    placeholder: "REASON",
    choices: ["ACCURACY", "DATA_DRIFT", "ERRORS", "SCHEDULED_REFRESH", "SCORING_SPEED", "OTHER"],
    fallback: "OTHER",
    help: "why, for the history of the deployment",
  },
  canary: {
    name: "canary",
    kind: "text",
    placeholder: "SHARE",
    help: "let the new model answer this share of the predictions first, such as 10%; it takes over after --requests of them, or goes at the first that it fails and the old one does not",
  },
  shadow: {
    name: "shadow",
    kind: "text",
    placeholder: "SHARE",
    help: "send the new model copies of this share of the predictions first, and compare the answers; the old model answers",
  },
  requests: {
    name: "requests",
    kind: "count",
    placeholder: "N",
    fallback: 100,
    help: "with --canary or --shadow: the number of predictions after which the new model takes over",
  },
  patience: {
    name: "patience",
    kind: "seconds",
    placeholder: "SECONDS",
    fallback: "600",
    help: "with --canary or --shadow: the time in which so many must come, else the old model stays",
  },
  maxDifference: {
    name: "max-diff",
    kind: "number",
    placeholder: "X",
    help: "with --canary or --shadow: the old model stays if two predictions of a row differ by more",
  },
});

// Flags over environment variables over defaults, read once, checked wholly and frozen. The only reader of process.env.
// What model-metadata.yaml adds is joined in model/target.ts, which needs the code directory first.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkGpuPredictors } from "./gpu-predictors.js";
import { hide } from "./masking.js";
import { type CommandName, type Option, optionsOf } from "./options.js";
import {
  type Address,
  checkLabels,
  isTrue,
  parseAddress,
  parseLevel,
  parseOpenAiServer,
  parsePrefix,
  parseRows,
  parseRuntimes,
  parseValue,
  usage,
} from "./values.js";

export interface Config {
  command: CommandName;
  /** One or more; a server with several, or with --model-dir, serves each under its name. */
  codeDirectories: readonly string[];
  /** Whether models are served under their names even when there is one. */
  namesModels: boolean;
  input: string | undefined;
  /** Names the columns of a Matrix Market input. */
  sparseColumnFile: string | undefined;
  output: string | undefined;
  address: Address;
  targetType: string | undefined;
  runtimeParametersFile: string | undefined;
  /** What to fetch into the code directory first. */
  lazyLoadingFile: string | undefined;
  /** Folder of user secrets, and the prefix of variables that hold some. */
  secretsMountPath: string | undefined;
  secretsPrefix: string | undefined;
  deploymentConfigFile: string | undefined;
  /** Of the input of an unstructured model, and its query. */
  contentType: string | undefined;
  query: string | undefined;
  /** Column that text-like targets predict. */
  targetName: string | undefined;
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  classLabels: readonly string[] | undefined;
  language: string | undefined;
  /** Of a new model. */
  name: string | undefined;
  /** The environment that a new one begins with. */
  from: string | undefined;
  /** Which model to swap, where a server has several. */
  model: string | undefined;
  /** Of the last requests, how many a swap compares. */
  replay: number | undefined;
  maxDifference: number | undefined;
  /** Of a test: rows and requests of its one case. */
  samples: number | undefined;
  iterations: number | undefined;
  /** Milliseconds. */
  caseTimeout: number;
  inServer: boolean;
  baseline: string | undefined;
  /** How many times the baseline's a figure may be. */
  maxRatio: number;
  json: boolean;
  report: string | undefined;
  /** --runtime as given, one item each. */
  runtimeTexts: readonly string[];
  /** Language to interpreter or environment, as asked for by --runtime. */
  runtimes: Readonly<Record<string, string>>;
  installDeps: boolean;
  /** An image, or a folder with a Dockerfile as it was given. */
  docker: string | undefined;
  skipDepsInstall: boolean;
  /** As docker takes it. */
  memory: string | undefined;
  /** `webserver` and `apiToken` are also what a model is pushed to. */
  monitoring: {
    monitor: boolean;
    embedded: boolean;
    deploymentId: string | undefined;
    modelId: string | undefined;
    settings: string | undefined;
    webserver: string | undefined;
    apiToken: string | undefined;
    allowApiAccess: boolean;
  };
  fit: {
    /** Column of the input, or a file of one column; one of them at most. */
    target: string | undefined;
    targetFile: string | undefined;
    weights: string | undefined;
    weightsFile: string | undefined;
    /** Undefined for all. */
    rows: number | undefined;
    parameterFile: string | undefined;
    skipPredict: boolean;
    strict: boolean;
    metadata: boolean;
  };
  maxWorkers: number;
  workerThreads: number;
  withErrorServer: boolean;
  urlPrefix: string;
  /** What /directAccess/ leads to, e.g. http://localhost:9999. */
  openAiServer: string | undefined;
  /** Milliseconds; Infinity when there is no limit. */
  requestTimeout: number;
  startTimeout: number;
  queueSize: number;
  /** Bytes. */
  maxBodySize: number;
  retry: boolean;
  loggingLevel: string;
  verbose: boolean;
  showPerf: boolean;
  /** What callers of the admin API from other machines must know; from DRUM_TOKEN alone, so that no list of processes shows it. */
  token: string | undefined;
  places: Places;
}

/** Where things are, and what the environment says of interpreters. */
export interface Places {
  /** Folder with package.json, workers/ and environments/. */
  packageDirectory: string;
  /** Where installed environments are kept. */
  dataDirectory: string;
  /** Folders that hold one folder a worker; the package's own comes last. */
  workerFolders: readonly string[];
  /** Prefix of the active virtual environment, if there is one. */
  virtualEnvironment: string | undefined;
  /** Where DataRobot's clients keep address and token of their service. */
  serviceFile: string;
  /** Folders of PATH. */
  searchPath: readonly string[];
  /** The environment workers are given: ours without what is not their business. */
  workerEnvironment: Readonly<Record<string, string>>;
}

export type FlagValues = Readonly<Record<string, string | string[] | boolean | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the supervisor's that hold secrets: models have no use for them. */
const secretVariables = ["API_TOKEN", "DATAROBOT_API_TOKEN", "DRUM_TOKEN"];

const packageDirectory = findPackageDirectory();

export function version(): string {
  return JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8")).version;
}

/** Oldest version of Node that drumline runs on, e.g. 20.19. */
export function supportedNode(): string {
  const { engines } = JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8"));
  return engines.node.replace(/[^0-9.]/g, "");
}

export function readPlaces(environment: Environment = process.env): Places {
  const data = environment.XDG_DATA_HOME || path.join(homedir(), ".local", "share");
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !secretVariables.includes(entry[0]),
  );
  return Object.freeze({
    packageDirectory,
    dataDirectory: environment.DRUM_HOME || path.join(data, "drumline"),
    workerFolders: [...splitPath(environment.DRUM_WORKERS), path.join(packageDirectory, "workers")],
    virtualEnvironment: environment.VIRTUAL_ENV || environment.CONDA_PREFIX || undefined,
    serviceFile:
      environment.DATAROBOT_CONFIG_FILE || path.join(homedir(), ".config", "datarobot", "drconfig.yaml"),
    searchPath: splitPath(environment.PATH),
    workerEnvironment: Object.freeze(Object.fromEntries(entries)),
  });
}

/** Known before the options are checked, since it is asked for when they are wrong, too. */
export function wantsStacktrace(words: readonly string[], environment: Environment = process.env): boolean {
  const isFlag = words.some((word) => word.startsWith("--show-s"));
  return isFlag || isTrue(environment.SHOW_STACKTRACE ?? "");
}

/** Undefined where it is empty. */
export function variableNamed(name: string, environment: Environment = process.env): string | undefined {
  return environment[name] || undefined;
}

/** Checks every value and reports the first that does not fit as USAGE. `flags` are keyed by option name. */
export function readConfig(
  command: CommandName,
  flags: FlagValues,
  environment: Environment = process.env,
): Config {
  hide(secretVariables.map((name) => environment[name]));
  const given = givenValues(command, flags, environment);
  const values = new Map<string, unknown>();
  for (const option of optionsOf(command)) {
    const value = given.get(option.name)?.value ?? option.fallback;
    if (value !== undefined) values.set(option.name, parseValue(option, value));
    else if (option.required) throw usage(`--${option.name} is required${orVariable(option)}`);
  }
  checkTogether(values);
  const lonely = optionsOf(command).find(
    ({ name, needs }) => needs !== undefined && values.get(name) && !given.has(needs),
  );
  if (lonely) throw usage(`--${lonely.name} needs --${lonely.needs}; give both, or leave it out`);
  const codeDirectories = chooseCodeDirectories(command, values);
  const text = (name: string) => values.get(name) as string | undefined;
  const texts = (name: string) => values.get(name) as string[] | undefined;
  const number = (name: string) => values.get(name) as number | undefined;
  const flag = (name: string) => values.get(name) === true;
  const gpu = {
    gpuPredictor: text("gpu-predictor"),
    sidecar: flag("sidecar"),
    tritonHost: text("triton-host"),
    tritonHttpPort: number("triton-http-port"),
    tritonGrpcPort: number("triton-grpc-port"),
  };
  checkGpuPredictors(gpu, (name) => flags[name] !== undefined);
  return Object.freeze({
    command,
    codeDirectories,
    namesModels: codeDirectories.length > 1 || text("model-dir") !== undefined,
    input: text("input"),
    sparseColumnFile: text("sparse-column-file"),
    output: text("output"),
    address: parseAddress(text("address") ?? "127.0.0.1"),
    targetType: text("target-type"),
    runtimeParametersFile: text("runtime-params-file"),
    lazyLoadingFile: text("lazy-loading-file"),
    secretsMountPath: text("user-secrets-mount-path"),
    secretsPrefix: text("user-secrets-prefix"),
    deploymentConfigFile: text("deployment-config"),
    contentType: text("content-type"),
    query: text("query"),
    targetName: environment.TARGET_NAME || undefined,
    positiveClassLabel: text("positive-class-label"),
    negativeClassLabel: text("negative-class-label"),
    classLabels: readClassLabels(texts("class-labels"), text("class-labels-file")),
    language: text("language"),
    name: text("name"),
    from: text("from"),
    model: text("model"),
    replay: number("replay"),
    maxDifference: number("max-diff"),
    samples: number("samples"),
    iterations: number("iterations"),
    caseTimeout: number("timeout") ?? 600_000,
    inServer: flag("in-server"),
    baseline: text("baseline"),
    maxRatio: number("max-ratio") ?? 1.5,
    json: flag("json"),
    report: text("report"),
    runtimeTexts: texts("runtime") ?? [],
    runtimes: parseRuntimes(texts("runtime") ?? []),
    installDeps: flag("install-deps"),
    docker: text("docker"),
    skipDepsInstall: flag("skip-deps-install"),
    memory: text("memory"),
    monitoring: {
      monitor: flag("monitor"),
      embedded: flag("monitor-embedded"),
      deploymentId: text("deployment-id"),
      modelId: text("model-id"),
      settings: text("monitor-settings"),
      webserver: text("webserver"),
      apiToken: text("api-token"),
      allowApiAccess: flag("allow-dr-api-access"),
    },
    fit: {
      target: text("target"),
      targetFile: text("target-csv"),
      weights: text("row-weights"),
      weightsFile: text("row-weights-csv"),
      rows: parseRows(text("num-rows")),
      parameterFile: text("parameter-file"),
      skipPredict: flag("skip-predict"),
      strict: !flag("disable-strict-validation"),
      metadata: flag("enable-fit-metadata"),
    },
    maxWorkers: number("max-workers") ?? 1,
    workerThreads: number("worker-threads") ?? 1,
    withErrorServer: flag("with-error-server"),
    openAiServer: parseOpenAiServer(environment.OPENAI_HOST, environment.OPENAI_PORT),
    urlPrefix: parsePrefix(environment.URL_PREFIX),
    requestTimeout: number("request-timeout") ?? Number.POSITIVE_INFINITY,
    startTimeout: number("start-timeout") ?? 600_000,
    queueSize: number("queue-size") ?? 1000,
    maxBodySize: number("max-body-size") ?? 512 * 2 ** 20,
    retry: !flag("no-retry"),
    loggingLevel: parseLevel(text("logging-level") ?? "warning", flag("verbose")),
    verbose: flag("verbose"),
    showPerf: flag("show-perf"),
    token: environment.DRUM_TOKEN || undefined,
    places: readPlaces(environment),
  });
}

function chooseCodeDirectories(command: CommandName, values: ReadonlyMap<string, unknown>): string[] {
  const given = [values.get("code-dir") ?? []].flat() as string[];
  const modelDirectory = values.get("model-dir") as string | undefined;
  if (given.length > 0 && modelDirectory !== undefined) {
    throw usage("--code-dir and --model-dir were both given; keep one of them");
  }
  if (given.length > 0) {
    if (given.length > 1 && !["server", "compare"].includes(command))
      throw usage(`--code-dir was given ${given.length} times; give one`);
    return given;
  }
  if (["swap", "new model", "new env"].includes(command)) return [];
  if (modelDirectory === undefined) throw usage("--code-dir is required (or the variable CODE_DIR)");
  const folders = readdirSync(modelDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => path.join(modelDirectory, entry.name))
    .sort();
  if (folders.length === 0) {
    throw usage(`--model-dir ${modelDirectory} holds no folder; expected one code directory a model`);
  }
  return folders;
}

function orVariable(option: Option): string {
  return option.variable ? ` (or the variable ${option.variable})` : "";
}

export interface Given {
  value: string | string[] | number | boolean;
  /** In words: the flag, or the variable by its name. */
  source: string;
  /** Undefined for a flag. */
  variable?: string;
}

/** A variable counts when its option is not given; one way of giving labels silences the variable of the other. */
export function givenValues(
  command: CommandName,
  flags: FlagValues,
  environment: Environment = process.env,
): Map<string, Given> {
  const given = new Map<string, Given>();
  const rivals: Record<string, string> = {
    "class-labels": "class-labels-file",
    "class-labels-file": "class-labels",
  };
  for (const option of optionsOf(command)) {
    const flag = flags[option.name];
    const names = [option.variable, option.otherVariable].filter((name) => name !== undefined);
    const set = names.find((name) => environment[name]);
    const variable = set && environment[set];
    if (flag !== undefined) given.set(option.name, { value: flag, source: "flag" });
    else if (variable && flags[rivals[option.name] ?? ""] === undefined) {
      const value = option.kind === "texts" ? variable.trim().split(/\s+/) : variable;
      given.set(option.name, { value, source: `variable ${set}`, variable: set! });
    }
  }
  return given;
}

/** Two ways of giving the same. */
const alternatives = [
  ["class-labels", "class-labels-file"],
  ["target", "target-csv"],
  ["row-weights", "row-weights-csv"],
] as const;

function checkTogether(values: ReadonlyMap<string, unknown>): void {
  for (const [one, other] of alternatives) {
    if (!values.has(one) || !values.has(other)) continue;
    throw usage(`--${one} and --${other} were both given; keep one of them`);
  }
  const memory = values.get("memory");
  if (memory !== undefined && !/^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i.test(String(memory))) {
    throw usage(`--memory must be a size like 512m or 2g, got "${memory}"`);
  }
  const [first, ...others] = [values.get("code-dir") ?? []].flat();
  if (values.has("lazy-loading-file") && (values.has("model-dir") || others.some((one) => one !== first))) {
    throw usage(
      "--lazy-loading-file is for the one model that lacks the files; serve it with a drum of its own",
    );
  }
  if (values.has("positive-class-label") !== values.has("negative-class-label")) {
    const [has, lacks] = values.has("positive-class-label")
      ? ["positive", "negative"]
      : ["negative", "positive"];
    throw usage(`--${has}-class-label was given without --${lacks}-class-label; give both`);
  }
}

function readClassLabels(labels: string[] | undefined, file: string | undefined): string[] | undefined {
  const listed =
    labels ??
    (file === undefined
      ? undefined
      : readFileSync(file, "utf8")
          .split(/\r?\n/)
          .filter((line) => line !== ""));
  if (listed === undefined) return undefined;
  return checkLabels(listed, labels ? "--class-labels" : `--class-labels-file ${file}`);
}

function splitPath(text: string | undefined): string[] {
  return (text ?? "").split(path.delimiter).filter((entry) => entry !== "");
}

/** The same from the sources and from dist/. */
function findPackageDirectory(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!statSync(path.join(folder, "package.json"), { throwIfNoEntry: false }))
    folder = path.dirname(folder);
  return folder;
}

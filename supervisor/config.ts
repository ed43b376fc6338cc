// Flags over environment variables over defaults, read once, checked wholly and frozen. The only reader of process.env.
// What model-metadata.yaml adds is joined in model/target.ts, which needs the code directory first.

import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DrumError } from "./errors.js";
import { type CommandName, type Option, optionsOf } from "./options.js";

export interface Address {
  host: string;
  port: number;
}

export interface Config {
  command: CommandName;
  codeDirectory: string;
  input: string | undefined;
  output: string | undefined;
  address: Address;
  targetType: string | undefined;
  /** Column that text-like targets predict. */
  targetName: string | undefined;
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  classLabels: readonly string[] | undefined;
  language: string | undefined;
  /** Language to interpreter, as asked for by --runtime. */
  runtimes: Readonly<Record<string, string>>;
  maxWorkers: number;
  withErrorServer: boolean;
  urlPrefix: string;
  /** Milliseconds; Infinity when there is no limit. */
  requestTimeout: number;
  startTimeout: number;
  queueSize: number;
  /** Bytes. */
  maxBodySize: number;
  retry: boolean;
  loggingLevel: string;
  verbose: boolean;
  showStacktrace: boolean;
  showPerf: boolean;
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
    searchPath: splitPath(environment.PATH),
    workerEnvironment: Object.freeze(Object.fromEntries(entries)),
  });
}

/** Checks every value and reports the first that does not fit as USAGE. `flags` are keyed by option name. */
export function readConfig(
  command: CommandName,
  flags: FlagValues,
  environment: Environment = process.env,
): Config {
  const given = withVariables(command, flags, environment);
  const values = new Map<string, unknown>();
  for (const option of optionsOf(command)) {
    const value = given.get(option.name) ?? option.fallback;
    if (value !== undefined) values.set(option.name, parseValue(option, value));
    else if (option.required) throw usage(`--${option.name} is required${orVariable(option)}`);
  }
  checkTogether(values);
  const text = (name: string) => values.get(name) as string | undefined;
  const texts = (name: string) => values.get(name) as string[] | undefined;
  const number = (name: string) => values.get(name) as number | undefined;
  const flag = (name: string) => values.get(name) === true;
  return Object.freeze({
    command,
    codeDirectory: text("code-dir")!,
    input: text("input"),
    output: text("output"),
    address: parseAddress(text("address") ?? "127.0.0.1"),
    targetType: text("target-type"),
    targetName: environment.TARGET_NAME || undefined,
    positiveClassLabel: text("positive-class-label"),
    negativeClassLabel: text("negative-class-label"),
    classLabels: readClassLabels(texts("class-labels"), text("class-labels-file")),
    language: text("language"),
    runtimes: parseRuntimes(texts("runtime") ?? []),
    maxWorkers: number("max-workers") ?? 1,
    withErrorServer: flag("with-error-server"),
    urlPrefix: parsePrefix(environment.URL_PREFIX),
    requestTimeout: number("request-timeout") ?? (command === "server" ? 600_000 : Number.POSITIVE_INFINITY),
    startTimeout: number("start-timeout")!,
    queueSize: number("queue-size") ?? 1000,
    maxBodySize: number("max-body-size") ?? 512 * 2 ** 20,
    retry: !flag("no-retry"),
    loggingLevel: parseLevel(text("logging-level")!, flag("verbose")),
    verbose: flag("verbose"),
    showStacktrace: flag("show-stacktrace"),
    showPerf: flag("show-perf"),
    places: readPlaces(environment),
  });
}

function usage(message: string): DrumError {
  return new DrumError("USAGE", message);
}

function orVariable(option: Option): string {
  return option.variable ? ` (or the variable ${option.variable})` : "";
}

/** A variable counts when its option is not given; one way of giving labels silences the variable of the other. */
function withVariables(command: CommandName, flags: FlagValues, environment: Environment) {
  const given = new Map<string, string | string[] | number | boolean>();
  const rivals: Record<string, string> = {
    "class-labels": "class-labels-file",
    "class-labels-file": "class-labels",
  };
  for (const option of optionsOf(command)) {
    const flag = flags[option.name];
    const variable = option.variable ? environment[option.variable] : undefined;
    if (flag !== undefined) given.set(option.name, flag);
    else if (variable && flags[rivals[option.name] ?? ""] === undefined) {
      given.set(option.name, option.kind === "texts" ? variable.trim().split(/\s+/) : variable);
    }
  }
  return given;
}

function checkTogether(values: ReadonlyMap<string, unknown>): void {
  if (values.has("class-labels") && values.has("class-labels-file")) {
    throw usage("--class-labels and --class-labels-file were both given; keep one of them");
  }
  if (values.has("positive-class-label") !== values.has("negative-class-label")) {
    const [has, lacks] = values.has("positive-class-label")
      ? ["positive", "negative"]
      : ["negative", "positive"];
    throw usage(`--${has}-class-label was given without --${lacks}-class-label; give both`);
  }
}

function parseValue(option: Option, value: string | string[] | number | boolean): unknown {
  const name = `--${option.name}`;
  const text = Array.isArray(value) ? value.join(" ") : String(value);
  if (option.choices && !option.choices.includes(text)) {
    throw usage(`${name} must be one of ${option.choices.join(", ")}, got "${text}"`);
  }
  switch (option.kind) {
    case "flag":
      return typeof value === "boolean" ? value : parseBoolean(option, text);
    case "texts":
      return Array.isArray(value) ? value : [text];
    case "count":
      return parseCount(name, text);
    case "seconds":
      return parseSeconds(name, text);
    case "bytes":
      return parseBytes(name, text);
    case "directory":
    case "file":
      return existing(option, text);
    case "path":
      return path.resolve(text);
    default:
      return text;
  }
}

function parseBoolean(option: Option, text: string): boolean {
  const word = text.toLowerCase();
  if (["true", "yes", "on", "1", "t", "y"].includes(word)) return true;
  if (["false", "no", "off", "0", "f", "n"].includes(word)) return false;
  throw usage(`${option.variable} must be true or false, got "${text}"`);
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw usage(`${name} must be a whole number above 0, got "${text}"`);
  }
  return count;
}

function parseSeconds(name: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0) || seconds > 1_000_000) {
    throw usage(`${name} must be a number of seconds above 0, got "${text}"`);
  }
  return seconds * 1000;
}

function parseBytes(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i.exec(text.trim());
  const units: Record<string, number> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };
  const bytes = match ? Math.floor(Number(match[1]) * units[(match[2] ?? "b").toLowerCase()]!) : 0;
  if (bytes < 1 || bytes > 2 ** 32 - 2 ** 20) {
    throw usage(`${name} must be a size like 64MB, below 4GB, got "${text}"`);
  }
  return bytes;
}

function existing(option: Option, text: string): string {
  const resolved = path.resolve(text);
  const stats = statSync(resolved, { throwIfNoEntry: false });
  const wanted = option.kind === "directory" ? "a folder" : "a file";
  const found = !stats ? "nothing" : stats.isDirectory() ? "a folder" : "a file";
  if (found !== wanted) {
    throw new DrumError(
      option.kind === "directory" ? "CODE_DIRECTORY_MISSING" : "INPUT_FILE_MISSING",
      `--${option.name} must name ${wanted}, found ${found} at ${resolved}; check the path`,
    );
  }
  try {
    accessSync(resolved, constants.R_OK);
  } catch {
    throw usage(`--${option.name}: ${resolved} cannot be read; check its permissions`);
  }
  return resolved;
}

/** `HOST`, `HOST:PORT`, `:PORT`, `PORT`, `[IPV6]:PORT`, also behind http://. */
export function parseAddress(text: string): Address {
  const bare = text.replace(/^http:\/\//, "").replace(/\/$/, "");
  const match = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]/\s]*))(?::(?<port>\d+))?$/.exec(bare);
  const onlyPort = /^\d{1,5}$/.test(bare);
  const port = onlyPort ? Number(bare) : Number(match?.groups?.port ?? 8080);
  if (!match || port > 65535) {
    throw usage(`--address must be HOST[:PORT] with a port up to 65535, got "${text}"`);
  }
  const host = onlyPort ? "" : (match.groups?.six ?? match.groups?.name ?? "");
  return { host: host || "127.0.0.1", port };
}

function parsePrefix(text: string | undefined): string {
  const inner = (text ?? "").replace(/^\/+|\/+$/g, "");
  return inner === "" ? "" : `/${inner}`;
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
  const source = labels ? "--class-labels" : `--class-labels-file ${file}`;
  if (listed.length < 2) throw usage(`${source} must give at least two labels, got ${listed.length}`);
  const repeated = listed.find((label, at) => listed.indexOf(label) !== at);
  if (repeated !== undefined) throw usage(`${source} gives the label "${repeated}" twice; keep one`);
  return listed;
}

function parseRuntimes(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1) {
      throw usage(`--runtime must be LANGUAGE=PATH, e.g. python=/usr/bin/python3, got "${text}"`);
    }
    return [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** DRUM's level names as pino's. --verbose shows at least what `info` shows. */
function parseLevel(level: string, verbose: boolean): string {
  const names: Record<string, string> = { warning: "warn", critical: "fatal", all: "trace" };
  const name = names[level] ?? level;
  return verbose && !["trace", "debug"].includes(name) ? "info" : name;
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

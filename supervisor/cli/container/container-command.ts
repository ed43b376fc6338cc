// The command of --docker as it is run in the container: its words with paths as they are there, what is mounted, which variables go along.

import path from "node:path";
import { usage } from "../../errors.js";
import type { SecretSources } from "../../model/parameters/secrets.js";
import type { Places } from "../../places.js";
import type { ContainerRun, Mount } from "../../processes/docker.js";
import type { Call } from "../config/command.js";
import type { Address, Option, OptionSet } from "../options/option.js";

type ContainerCommand = Pick<ContainerRun, "words" | "mounts" | "variables" | "values" | "publish">;

/** They concern the container itself. */
const outside = new Set(["docker", "skip-deps-install", "memory"]);
/** Secrets that an option may give; as words they would stand in the list of processes. */
const secretOptions: Readonly<Record<string, string>> = { "api-token": "API_TOKEN" };
/** Folders whose options take any text. */
const folderTexts = new Set(["user-secrets-mount-path"]);
/** Variables that no option stands for, and beginnings of such. */
const furtherVariables = ["TARGET_NAME", "URL_PREFIX"];
const furtherPrefixes = ["MLOPS_RUNTIME_PARAM_", "DRUM_JAVA_", "DRIVERLESS_AI_", "OTEL_"];

/** What of a configuration leads out of the container. */
export interface ContainedSettings extends SecretSources {
  places: Places;
  /** Of a server. */
  address?: Address;
  /** Of a server's admin API. */
  token?: string | undefined;
}

/** The options of a command, and the variables that stand in for some, as they are in a container. */
export function containerCommand({ command, given }: Call, config: ContainedSettings): ContainerCommand {
  const [words, mounts]: [string[], Mount[]] = [[command.name], []];
  const variables = new Set(furtherNames(config));
  const values: Record<string, string> = {};
  for (const option of Object.values(command.options as OptionSet)) {
    const { value, variable } = given.get(option.name) ?? { value: false };
    if (outside.has(option.name) || value === false) continue;
    const secret = secretOptions[option.name];
    if (option.name === "address") words.push("--address", `0.0.0.0:${config.address?.port}`);
    else if (isPath(option)) words.push(...mountedWords(option, [value].flat().map(String), mounts));
    else if (variable !== undefined) variables.add(variable);
    else if (secret !== undefined) values[secret] = String(value);
    else words.push(`--${option.name}`, ...(value === true ? [] : [value].flat().map(String)));
  }
  const publish = config.address && published(config.address);
  return { words, mounts, variables: [...variables], values, publish };
}

function furtherNames({ places, secretsPrefix, token }: ContainedSettings): string[] {
  const prefixes = secretsPrefix ? [...furtherPrefixes, `${secretsPrefix}_`] : furtherPrefixes;
  const names = Object.keys(places.workerEnvironment).filter(
    (name) => furtherVariables.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  return token === undefined ? names : [...names, "DRUM_TOKEN"];
}

function isPath({ name, kind }: Option): boolean {
  return ["directory", "directories", "file", "path"].includes(kind) || folderTexts.has(name);
}

/** `/opt/OPTION/NAME` for a file, `/opt/OPTION` for a folder, and `/opt/code` for the code directory. */
function mountedWords(option: Option, given: readonly string[], mounts: Mount[]): string[] {
  return given.flatMap((one) => [
    `--${option.name}`,
    mounted(option, path.resolve(one), given.length, mounts),
  ]);
}

function mounted({ name, kind }: Option, source: string, count: number, mounts: Mount[]): string {
  const file = path.basename(source);
  if (name === "code-dir") {
    // Of several, each goes by its folder's name.
    const target = count > 1 ? `/opt/models/${file}` : "/opt/code";
    mounts.push({ source, target, isWritable: true });
    return target;
  }
  if (kind === "path") {
    // The container has its own /dev/null.
    if (source.startsWith("/dev/")) return source;
    mounts.push({ source: path.dirname(source), target: `/opt/${name}`, isWritable: true });
    return `/opt/${name}/${file}`;
  }
  const target = kind === "file" ? `/opt/${name}/${file}` : `/opt/${name}`;
  mounts.push({ source, target, isWritable: kind !== "file" && !folderTexts.has(name) });
  return target;
}

/** Where the container's port is found on this machine. */
function published({ host, port }: Address): string {
  if (port === 0) throw usage("--address with --docker must have a port of its own, got 0; give one");
  const address = host === "localhost" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  if (!/^(\d+\.){3}\d+$|^\[/.test(address)) {
    throw usage(`--address with --docker must be an IP address or localhost, got "${host}"`);
  }
  return `${address}:${port}:${port}`;
}

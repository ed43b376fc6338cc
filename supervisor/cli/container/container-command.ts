// Translates a command for --docker: its words with the container's paths, its mounts, and the variables that it passes on.

import path from "node:path";
import { usage } from "../../errors.js";
import type { SecretSources } from "../../model/parameters/secrets.js";
import type { Places } from "../../places.js";
import type { ContainerRun, Mount } from "../../processes/docker.js";
import type { Call } from "../config/command.js";
import type { Address, Option, OptionSet } from "../options/option.js";

type ContainerCommand = Pick<ContainerRun, "words" | "mounts" | "variables" | "values" | "publish">;

/** Options about the container itself, which are not passed into it. */
const outside = new Set(["docker", "skip-deps-install", "memory"]);
/** Options with secrets, and the variables that pass them on: as words they would be visible in the process list. */
const secretOptions: Readonly<Record<string, string>> = { "api-token": "API_TOKEN" };
/** Options that name a folder although their kind is text. */
const folderTexts = new Set(["user-secrets-mount-path"]);
/** Variables without an option, and prefixes of such variables, that the container gets. */
const furtherVariables = ["TARGET_NAME", "URL_PREFIX"];
const furtherPrefixes = ["MLOPS_RUNTIME_PARAM_", "DRUM_JAVA_", "DRIVERLESS_AI_", "OTEL_"];

/** The settings of a command that concern the world outside its container. */
export interface ContainedSettings extends SecretSources {
  places: Places;
  /** Undefined unless the command is a server. */
  address?: Address;
  /** Undefined unless it serves gRPC too. */
  grpcAddress?: Address | undefined;
  /** The token of a server's admin API. */
  token?: string | undefined;
}

/** Translates the options of a command, and the variables that replace some of them, for a container. */
export function containerCommand({ command, given }: Call, config: ContainedSettings): ContainerCommand {
  const [words, mounts]: [string[], Mount[]] = [[command.name], []];
  const variables = new Set(furtherNames(config));
  const values: Record<string, string> = {};
  const publish: string[] = [];
  for (const option of Object.values(command.options as OptionSet)) {
    const { value, variable } = given.get(option.name) ?? { value: false };
    if (outside.has(option.name) || value === false) continue;
    const secret = secretOptions[option.name];
    const address = addressOf(option, config);
    if (address) {
      words.push(`--${option.name}`, `0.0.0.0:${address.port}`);
      publish.push(published(address, option));
    } else if (isPath(option)) words.push(...mountedWords(option, [value].flat().map(String), mounts));
    else if (variable !== undefined) variables.add(variable);
    else if (secret !== undefined) values[secret] = String(value);
    else words.push(`--${option.name}`, ...(value === true ? [] : [value].flat().map(String)));
  }
  return { words, mounts, variables: [...variables], values, publish };
}

function addressOf({ name }: Option, { address, grpcAddress }: ContainedSettings): Address | undefined {
  if (name === "address") return address;
  return name === "grpc-address" ? grpcAddress : undefined;
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
    // With several models, each keeps its folder's name.
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

/** Publishes the container's port at the same address and port of this machine. */
function published({ host, port }: Address, { name }: Option): string {
  if (port === 0) throw usage(`--${name} with --docker must have a fixed port, got 0; choose one`);
  const address = host === "localhost" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  if (!/^(\d+\.){3}\d+$|^\[/.test(address)) {
    throw usage(`--${name} with --docker must be an IP address or localhost, got "${host}"`);
  }
  return `${address}:${port}:${port}`;
}

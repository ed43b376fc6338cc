// Where the package, its data and the workers are, and what the environment says about interpreters. The only reader of process.env.

import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variables of this process. */
export const variables: Variables = process.env;

/** The supervisor's own variables with secrets, which workers do not get. */
export const secretVariables = ["API_TOKEN", "DATAROBOT_API_TOKEN", "DRUM_TOKEN"];

export interface Places {
  /** Folder with package.json, workers/ and environments/. */
  packageDirectory: string;
  /** Folder of the installed environments. */
  dataDirectory: string;
  /** Folders with one subfolder per worker; the package's own comes last. */
  workerFolders: readonly string[];
  /** Prefix of the active virtual environment, if any. */
  virtualEnvironment: string | undefined;
  /** The file in which DataRobot's clients keep the address and token of their service. */
  serviceFile: string;
  /** Folders of PATH. */
  searchPath: readonly string[];
  /** The environment variables of workers: ours without `secretVariables`. */
  workerEnvironment: Readonly<Record<string, string>>;
}

const packageDirectory = findPackageDirectory();

export function version(): string {
  return JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8")).version;
}

/** Path of a built file, from its path below supervisor/ without an extension. */
export function builtFile(name: string): string {
  return path.join(packageDirectory, "dist", "supervisor", `${name}.js`);
}

/** The oldest supported version of Node, for example 20.19. */
export function supportedNode(): string {
  const { engines } = JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8"));
  return engines.node.replace(/[^0-9.]/g, "");
}

export function readPlaces(environment: Variables = variables): Places {
  const data = environment.XDG_DATA_HOME || path.join(homeFolder(), ".local", "share");
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !secretVariables.includes(entry[0]),
  );
  return Object.freeze({
    packageDirectory,
    dataDirectory: environment.DRUM_HOME || path.join(data, "drumline"),
    workerFolders: [...splitPath(environment.DRUM_WORKERS), path.join(packageDirectory, "workers")],
    virtualEnvironment: environment.VIRTUAL_ENV || environment.CONDA_PREFIX || undefined,
    serviceFile:
      environment.DATAROBOT_CONFIG_FILE || path.join(homeFolder(), ".config", "datarobot", "drconfig.yaml"),
    searchPath: splitPath(environment.PATH),
    workerEnvironment: Object.freeze(Object.fromEntries(entries)),
  });
}

/** In a container, the user id may be unknown and HOME unset. The root then takes the place of a home, as with HOME=/. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return path.parse(process.execPath).root;
  }
}

function splitPath(text: string | undefined): string[] {
  return (text ?? "").split(path.delimiter).filter((entry) => entry !== "");
}

/** Searches upwards for package.json, so that it works from the sources and from dist/. */
function findPackageDirectory(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!statSync(path.join(folder, "package.json"), { throwIfNoEntry: false }))
    folder = path.dirname(folder);
  return folder;
}

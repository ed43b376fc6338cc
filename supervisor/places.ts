// Where things are: the package, the data, the workers, and what the environment says of interpreters. The only reader of process.env.

import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Those of this process. */
export const variables: Variables = process.env;

/** Variables of the supervisor's that hold secrets: models have no use for them. */
export const secretVariables = ["API_TOKEN", "DATAROBOT_API_TOKEN", "DRUM_TOKEN"];

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

const packageDirectory = findPackageDirectory();

export function version(): string {
  return JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8")).version;
}

/** A file of the build by its path below supervisor/, without an ending. */
export function builtFile(name: string): string {
  return path.join(packageDirectory, "dist", "supervisor", `${name}.js`);
}

/** Oldest version of Node that drumline runs on, e.g. 20.19. */
export function supportedNode(): string {
  const { engines } = JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8"));
  return engines.node.replace(/[^0-9.]/g, "");
}

export function readPlaces(environment: Variables = variables): Places {
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

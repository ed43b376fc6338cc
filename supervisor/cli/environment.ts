// `drum environment list` and `drum environment install NAME…`: results on stdout, what is being done on stderr.

import {
  type EnvironmentPlaces,
  environmentNamed,
  findInstalled,
  readEnvironments,
} from "../environment/catalogue.js";
import { installEnvironment } from "../environment/install.js";
import { stopRequest } from "./signals.js";

/** One line an environment: name, language, whether it is installed, title. */
export async function environmentList(places: EnvironmentPlaces): Promise<void> {
  const rows = readEnvironments(places).map((environment) => {
    const installed = findInstalled(environment, places.dataDirectory);
    const state = installed ? `installed ${installed.installed.slice(0, 10)}` : "not installed";
    return [environment.name, environment.language, state, environment.title];
  });
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`);
  }
}

/** Prints the interpreter of each environment; throws at the first that cannot be installed. */
export async function environmentInstall(names: readonly string[], places: EnvironmentPlaces): Promise<void> {
  for (const name of names) environmentNamed(name, places);
  const stopping = new AbortController();
  stopRequest().then(() => stopping.abort());
  for (const name of names) {
    const onProgress = (text: string) => process.stderr.write(`${name}: ${text}\n`);
    const { interpreter } = await installEnvironment(name, { places, onProgress, signal: stopping.signal });
    process.stdout.write(`${name}  ${interpreter}\n`);
  }
}

// Prepares a command that runs a model: moves it into a container, or installs the model's dependencies.

import type { Call } from "../config/command.js";
import type { ContainerConfig } from "../config/parts.js";
import type { DependentConfig } from "../steps/dependencies.js";

interface PreparedConfig extends DependentConfig, Partial<ContainerConfig> {
  verbose: boolean;
}

/** Resolves with the exit code of `run`, of the container, or of a signal that came earlier. */
export async function prepared<Config extends PreparedConfig>(
  config: Config,
  call: Call,
  run: (config: Config) => Promise<number>,
): Promise<number> {
  if (config.docker !== undefined) {
    const { inContainer } = await import("./container.js");
    return inContainer(call, { ...config, docker: config.docker });
  }
  const { withDependencies } = await import("../steps/dependencies.js");
  return withDependencies(config, call.command.name, () => run(config));
}

// --docker: runs the same command in a container and returns its exit code. Forwards signals and leaves no container behind.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ModelWishes } from "../../model/model.js";
import {
  buildImage,
  type ContainerRun,
  checkDocker,
  removeContainer,
  startContainer,
} from "../../processes/docker.js";
import type { Call } from "../config/command.js";
import type { ContainerConfig } from "../config/parts.js";
import { requirementsOf } from "../steps/dependencies.js";
import { onHangUp, onStopSignals } from "../terminal/signals.js";
import { type ContainedSettings, containerCommand } from "./container-command.js";

/** The configuration of a command that runs in a container. */
export interface ContainedConfig extends ModelWishes, Partial<ContainerConfig>, ContainedSettings {
  docker: string;
  codeDirectories: readonly string[];
  verbose: boolean;
}

/** Resolves with the exit code of the command in the container. Throws DOCKER_FAILED if it cannot be run. */
export async function inContainer(call: Call, config: ContainedConfig): Promise<number> {
  const command = call.command.name;
  const parts = containerCommand(call, config);
  await checkDocker();
  const image = await chooseImage(config);
  const name = `drum-${command}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const run = { ...parts, image, name, memory: config.memory };
  if (config.verbose) process.stderr.write(`drum ${command}: container ${name} of ${image}\n`);
  return command === "validation" ? runKeeping(run) : runToEnd(run);
}

/** Builds the image if --docker names an existing folder; otherwise takes it as an image name. */
async function chooseImage(config: ContainedConfig): Promise<string> {
  const { docker } = config;
  const folder = path.resolve(docker);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return docker;
  const requirements = config.skipDepsInstall
    ? []
    : config.codeDirectories.flatMap((one) => requirementsOf(one, config));
  return buildImage(folder, requirements);
}

/** Shares a temporary folder with the container, so that the data sets kept by failed checks are where the report says. */
async function runKeeping(run: ContainerRun): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-container-"));
  try {
    return await runToEnd({
      ...run,
      mounts: [...run.mounts, { source: folder, target: folder, isWritable: true }],
      values: { ...run.values, TMPDIR: folder },
    });
  } finally {
    removeEmpty(folder);
  }
}

async function runToEnd(run: ContainerRun): Promise<number> {
  const container = startContainer(run);
  let isStopped = false;
  const forget = onStopSignals((signal, times) => {
    isStopped = true;
    if (times === 1) container.pass(signal);
    // A client that is still pulling the image has no container yet; only SIGKILL ends it.
    else void removeContainer(run.name).then(() => container.pass("SIGKILL"));
  });
  onHangUp(() => container.pass("SIGHUP"));
  try {
    return await container.ended;
  } finally {
    // A client that a signal ended may have left its container behind.
    if (isStopped) await removeContainer(run.name);
    forget();
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty: it has the data sets that the report names.
  }
}

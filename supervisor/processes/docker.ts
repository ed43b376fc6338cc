// The docker client: checks it, builds images from folders, and runs one command in a container that is removed afterwards.

import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa, type Options } from "execa";
import { DrumError } from "../errors.js";

export interface Mount {
  /** Absolute path on this machine. */
  source: string;
  /** Its path in the container. */
  target: string;
  isWritable: boolean;
}

export interface ContainerRun {
  image: string;
  /** Name of the container. */
  name: string;
  /** The arguments of drum in the container. */
  words: readonly string[];
  mounts: readonly Mount[];
  /** Names of our own environment variables to pass to the container. */
  variables: readonly string[];
  /** Further variables with their values, which do not appear on the command line. */
  values: Readonly<Record<string, string>>;
  /** ADDRESS:PORT:PORT of each. */
  publish: readonly string[];
  /** The memory limit in docker's format. */
  memory: string | undefined;
}

export interface RunningContainer {
  /** Resolves with the exit code of the command. Rejects with DOCKER_FAILED if it was not started. */
  ended: Promise<number>;
  /** Sends a signal to the command in the container, through the client. */
  pass(signal: NodeJS.Signals): void;
}

/** Throws DOCKER_FAILED. */
export async function checkDocker(): Promise<void> {
  const outcome = await execa("docker", ["version", "--format", "{{.Server.Version}}"], {
    reject: false,
    all: true,
    stdin: "ignore",
    timeout: 30_000,
  });
  if (!outcome.failed) return;
  if (outcome.code === "ENOENT") {
    throw failed("docker was not found on PATH; install Docker, or omit --docker");
  }
  const why = outcome.timedOut ? "no response within 30 s" : lastLine(outcome.all);
  throw failed(
    `the docker daemon does not respond (${why}); start it, check DOCKER_HOST and your permission for its socket, or omit --docker`,
  );
}

/** Builds the image of a folder with a Dockerfile, and requirements on top of it. Shows the build on stderr. Returns the tag. */
export async function buildImage(folder: string, requirements: readonly string[]): Promise<string> {
  if (!statSync(path.join(folder, "Dockerfile"), { throwIfNoEntry: false })?.isFile()) {
    throw failed(`--docker names the folder ${folder}, which has no Dockerfile; add one, or name an image`);
  }
  const name = path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  const image = `drumline/${name || "model"}-${hash}`;
  await build(folder, `${image}:base`);
  if (requirements.length === 0) return `${image}:base`;
  const context = mkdtempSync(path.join(tmpdir(), "drum-image-"));
  try {
    const names = requirements.map((_file, at) => `requirements-${at}.txt`);
    for (const [at, file] of requirements.entries()) copyFileSync(file, path.join(context, names[at]!));
    writeFileSync(path.join(context, "Dockerfile"), withRequirements(`${image}:base`, names));
    await build(context, `${image}:requirements`);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return `${image}:requirements`;
}

/** Installs as root, since the packages in the image may not belong to its user. */
function withRequirements(image: string, names: readonly string[]): string {
  const flags = names.map((name) => `-r /tmp/drum-requirements/${name}`).join(" ");
  return `FROM ${image}
USER root
COPY ${names.join(" ")} /tmp/drum-requirements/
RUN python3 -m pip install --no-cache-dir ${flags}
`;
}

async function build(folder: string, tag: string): Promise<void> {
  const { failed: isFailed, exitCode } = await execa("docker", ["build", "--tag", tag, folder], {
    reject: false,
    stdin: "ignore",
    // stdout is reserved for the output of the command.
    stdout: process.stderr,
    stderr: "inherit",
  });
  if (isFailed) throw failed(`docker build ${folder} ended with exit code ${exitCode}; see its output above`);
}

export function startContainer(run: ContainerRun): RunningContainer {
  const child = execa("docker", runWords(run), {
    reject: false,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    env: run.values,
    // Detached, so that a Ctrl-C in the terminal does not reach the client: we pass it on, once.
    detached: true,
    cleanup: false,
  } satisfies Options);
  const ended = child.then(({ exitCode }) => {
    if (exitCode === 125) {
      throw failed(
        `docker could not run ${run.image}; see its message above, and check the name of the image`,
      );
    }
    if (exitCode === 126 || exitCode === 127) {
      throw failed(`${run.image} has no command drum that can run; use an image that contains drumline`);
    }
    // A client that was killed itself has no exit code.
    return exitCode ?? 137;
  });
  return { ended, pass: (signal) => void child.kill(signal) };
}

/** Succeeds even if the container no longer exists. */
export async function removeContainer(name: string): Promise<void> {
  await execa("docker", ["rm", "--force", name], { reject: false, stdio: "ignore", timeout: 30_000 });
}

function runWords({
  image,
  name,
  words,
  mounts,
  variables,
  values,
  publish,
  memory,
}: ContainerRun): string[] {
  const user = process.getuid && process.getgid ? ["--user", `${process.getuid()}:${process.getgid()}`] : [];
  return [
    // The image's health check expects its own server on its own port, which may not be what runs here.
    ...["run", "--rm", "--init", "--no-healthcheck", "--name", name, ...user],
    ...mounts.flatMap((mount) => ["--mount", mountWord(mount)]),
    ...[...variables, ...Object.keys(values)].flatMap((variable) => ["--env", variable]),
    ...publish.flatMap((one) => ["--publish", one]),
    // Without --memory-swap, the container may swap as much again.
    ...(memory === undefined ? [] : ["--memory", memory, "--memory-swap", memory]),
    ...["--entrypoint", "drum", image, ...words],
  ];
}

/** --mount takes its fields as CSV. */
function mountWord({ source, target, isWritable }: Mount): string {
  const fields = ["type=bind", `source=${source}`, `target=${target}`, ...(isWritable ? [] : ["readonly"])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

function failed(why: string): DrumError {
  return new DrumError("DOCKER_FAILED", why);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

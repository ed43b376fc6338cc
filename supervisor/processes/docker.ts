// The docker client: whether it works, images of folders, and one command in a container that is gone afterwards.

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
  /** Of the container. */
  name: string;
  /** What drum is called with in the container. */
  words: readonly string[];
  mounts: readonly Mount[];
  /** Names of our own variables that the container gets. */
  variables: readonly string[];
  /** Further ones that it gets; no list of processes shows their values. */
  values: Readonly<Record<string, string>>;
  /** ADDRESS:PORT:PORT */
  publish: string | undefined;
  /** The container's limit, as docker takes it. */
  memory: string | undefined;
}

export interface RunningContainer {
  /** The exit code of the command. Throws DOCKER_FAILED when it was never started. */
  ended: Promise<number>;
  /** To the command in the container, through the client. */
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
    throw failed("there is no docker on the PATH; install Docker, or leave --docker out");
  }
  const why = outcome.timedOut ? "no answer within 30 s" : lastLine(outcome.all);
  throw failed(
    `the docker daemon does not answer (${why}); start it, check DOCKER_HOST and your permission for its socket, or leave --docker out`,
  );
}

/** The image of a folder with a Dockerfile, and of a requirements.txt on top of it; what is built goes by on stderr. Returns its tag. */
export async function buildImage(folder: string, requirements: readonly string[]): Promise<string> {
  if (!statSync(path.join(folder, "Dockerfile"), { throwIfNoEntry: false })?.isFile()) {
    throw failed(`--docker names the folder ${folder}, which has no Dockerfile; add it, or name an image`);
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

/** Root, since the image's packages are not the user's. */
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
    // The output of the command itself is alone on stdout.
    stdout: process.stderr,
    stderr: "inherit",
  });
  if (isFailed) throw failed(`docker build ${folder} ended with exit code ${exitCode}; see its lines above`);
}

export function startContainer(run: ContainerRun): RunningContainer {
  const child = execa("docker", runWords(run), {
    reject: false,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    env: run.values,
    // A Ctrl-C of the terminal is ours to pass on, once.
    detached: true,
    cleanup: false,
  } satisfies Options);
  const ended = child.then(({ exitCode }) => {
    if (exitCode === 125) {
      throw failed(`docker could not run ${run.image}; see its line above, and check the image's name`);
    }
    if (exitCode === 126 || exitCode === 127) {
      throw failed(`${run.image} has no command drum that can be run; use an image with drumline in it`);
    }
    // Of a client that was killed itself there is none.
    return exitCode ?? 137;
  });
  return { ended, pass: (signal) => void child.kill(signal) };
}

/** Whether it was still there or not. */
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
    // An image's health check asks its own server at its own port, which need not be what runs here.
    ...["run", "--rm", "--init", "--no-healthcheck", "--name", name, ...user],
    ...mounts.flatMap((mount) => ["--mount", mountWord(mount)]),
    ...[...variables, ...Object.keys(values)].flatMap((variable) => ["--env", variable]),
    ...(publish === undefined ? [] : ["--publish", publish]),
    // Without the second, the container may swap as much again.
    ...(memory === undefined ? [] : ["--memory", memory, "--memory-swap", memory]),
    ...["--entrypoint", "drum", image, ...words],
  ];
}

/** The fields are CSV. */
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

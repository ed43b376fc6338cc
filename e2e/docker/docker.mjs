// Stands in for the docker client: notes every call, and runs the command of `docker run` on this machine, with the mounts' paths
// turned back and no other variables than an image's own and those that --env names.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folder = process.env.DOCKER_RECORD;
const fault = process.env.DOCKER_FAULT;
const [verb, ...words] = process.argv.slice(2);

function note(further = {}) {
  const call = { verb, words, env: process.env, ...further };
  appendFileSync(path.join(folder, "calls.jsonl"), `${JSON.stringify(call)}\n`);
}

function fail(code, text) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function version() {
  note();
  if (fault === "daemon") fail(1, "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.");
  process.stdout.write("27.0.0\n");
}

function build() {
  const context = words.at(-1);
  const dockerfile = readFileSync(path.join(context, "Dockerfile"), "utf8");
  const texts = readdirSync(context).filter((name) => name.endsWith(".txt"));
  const files = Object.fromEntries(
    texts.map((name) => [name, readFileSync(path.join(context, name), "utf8")]),
  );
  note({ dockerfile, files });
  process.stdout.write("step 1 of 1\n");
  if (fault === "build") fail(1, "no space left on device");
}

function remove() {
  note();
  const pidFile = path.join(folder, words.at(-1));
  if (existsSync(pidFile)) process.kill(-Number(readFileSync(pidFile, "utf8")), "SIGKILL");
}

/** Options with a value, then those without; anything else is a fault of the caller. */
const valued = [
  "--name",
  "--user",
  "--mount",
  "--env",
  "--publish",
  "--memory",
  "--memory-swap",
  "--entrypoint",
];
const plain = ["--rm", "--init", "--no-healthcheck"];

function readRun() {
  const options = Object.fromEntries(valued.map((name) => [name, []]));
  let at = 0;
  for (; words[at].startsWith("-"); at++) {
    if (plain.includes(words[at])) continue;
    if (!valued.includes(words[at])) fail(125, `unknown flag: ${words[at]}`);
    options[words[at]].push(words[++at]);
  }
  return { options, image: words[at], command: words.slice(at + 1) };
}

function readMount(text) {
  const fields = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
    (quoted ?? bare).replaceAll('""', '"').split(/=(.*)/s, 2),
  );
  return Object.fromEntries(fields);
}

function run() {
  note();
  const { options, command } = readRun();
  if (fault === "image") fail(125, "Unable to find image");
  if (fault === "command") fail(127, 'exec: "drum": executable file not found in $PATH');
  const mounts = options["--mount"].map(readMount);
  const onHost = (word) => {
    const mount = mounts.find(({ target }) => word === target || word.startsWith(`${target}/`));
    return mount ? mount.source + word.slice(mount.target.length) : word;
  };
  const image = ["PATH", "HOME", "DRUM_HOME", "XDG_DATA_HOME"];
  const named = [...image, ...options["--env"]].filter((name) => process.env[name] !== undefined);
  const main = path.resolve(import.meta.dirname, "../../dist/supervisor/main.js");
  const child = spawn(process.execPath, [main, ...command.map(onHost)], {
    stdio: "inherit",
    detached: true,
    env: Object.fromEntries(named.map((name) => [name, process.env[name]])),
  });
  writeFileSync(path.join(folder, options["--name"][0]), String(child.pid));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      appendFileSync(path.join(folder, "signals"), `${signal}\n`);
      if (fault !== "deaf") child.kill(signal);
    });
  }
  child.on("exit", (code) => process.exit(code ?? 137));
}

({ version, build, rm: remove, run })[verb]();

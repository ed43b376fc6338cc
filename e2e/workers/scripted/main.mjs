// A worker that misbehaves as it is told: the hook file names the scenario at start, a request's body the scenario of the request.
// One deed a name, so that every fault of a worker is a case in one list.

import { spawn } from "node:child_process";
import { closeSync, existsSync, readFileSync, writeSync } from "node:fs";
import { read, write, writeRaw } from "../toy/wire.mjs";

const wait = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds) => Atomics.wait(wait, 0, 0, milliseconds);
const scenario = process.env.SCRIPTED_START ?? "";

function hello(protocol = 1) {
  write([
    2,
    "hello",
    {
      protocol,
      language: "scripted",
      language_version: process.versions.node,
      worker_version: "1.0.0",
      executable: process.execPath,
      capabilities: { methods: ["ping", "load", "predict"], payloads: ["bytes"], concurrency: 1 },
    },
  ]);
}

const starts = {
  "": () => hello(),
  "exits before hello": () => {
    console.error("cannot find the library");
    process.exit(7);
  },
  "says nothing": () => sleep(60_000),
  "another version": () => hello(99),
  "garbage instead of hello": () => writeRaw(Buffer.from("Welcome to the interpreter!\n")),
  "dies while a file is there": () => {
    if (existsSync(process.env.SCRIPTED_MARKER)) process.exit(9);
    hello();
  },
  "hangs while a file is there": () => {
    if (existsSync(process.env.SCRIPTED_MARKER)) sleep(60_000);
    hello();
  },
  "dies while loading": () => hello(),
  "hangs while loading": () => hello(),
  "tells what it loads": () => hello(),
};

const bodies = {
  "exit 3": () => {
    console.error("last words");
    process.exit(3);
  },
  segfault: () => process.kill(process.pid, "SIGSEGV"),
  hang: () => sleep(60_000),
  "bad frame": () => writeRaw(Buffer.from([3, 0, 0, 0, 0xc1, 0xc1, 0xc1])),
  "bad utf8": () => writeRaw(Buffer.from([2, 0, 0, 0, 0xa1, 0xff])),
  "huge length": () => writeRaw(Buffer.from([0xff, 0xff, 0xff, 0xff])),
  "half a frame": () => {
    writeRaw(Buffer.from([100, 0, 0, 0, 1, 2, 3]));
    process.exit(0);
  },
  "leaves a child of its own session": () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
    console.log(`child ${child.pid}`);
  },
  "prints 8 MB": () => {
    for (let line = 0; line < 8000; line++) writeSync(2, `${"x".repeat(999)}\n`);
  },
  "prints a forged line": () => {
    console.error("\u001b[2K\r[2000-01-01 00:00:00.000] ERROR: forged");
  },
  "answer to nobody": () => write([1, 4_000_000, null, {}]),
  "request to the supervisor": () => write([0, 1, "predict", {}]),
  "no table": () => ({ rows: 1, predictions: { rows: 1, columns: "none" }, labelled: true, index: null }),
  "leaves a child": () => {
    const child = spawn("sleep", ["60"], { stdio: "inherit" });
    console.log(`child ${child.pid}`);
  },
};

/** What it does after its answer. */
const afterwards = {
  "then closes its output": () => closeSync(Number(process.env.DRUM_PROTOCOL_OUT)),
  "then closes its input": () => {
    closeSync(Number(process.env.DRUM_PROTOCOL_IN));
    sleep(60_000);
  },
};

function answer(values) {
  const data = Buffer.from(Float64Array.from(values).buffer);
  const column = { name: "Predictions", type: "float64", data, validity: null, offsets: null };
  return {
    rows: values.length,
    predictions: { rows: values.length, columns: [column] },
    labelled: true,
    index: null,
  };
}

const methods = {
  ping: () => ({}),
  load: (_params, id) => {
    if (scenario === "tells what it loads") {
      write([2, "progress", { id, done: 1, total: 4, text: "importing the second of four packages" }]);
      sleep(1500);
    }
    if (scenario === "dies while loading") process.exit(9);
    if (scenario === "hangs while loading") sleep(60_000);
    return { hooks: [], predictor: "scripted", payload_formats: { csv: null }, packages: {} };
  },
  predict: ({ payload }) => {
    const text = payload.data.toString();
    if (text.startsWith("sleep ")) sleep(Number(text.slice(6)));
    // Once only: the marker file tells the worker that comes after.
    if (text.startsWith("die once ") && !alreadyDied(text.slice(9))) process.exit(4);
    // A number behind it makes a request of its own.
    return bodies[text.replace(/ #\d+$/, "")]?.() ?? answer([process.pid]);
  },
};

function alreadyDied(marker) {
  try {
    readFileSync(marker);
    return true;
  } catch {
    spawn("touch", [marker]);
    sleep(100);
    return false;
  }
}

starts[scenario]();
for (let message = read(); message; message = read()) {
  const [type, id, method, params] = message;
  if (type === 0) write([1, id, null, methods[method](params, id)]);
  afterwards[method === "predict" ? params.payload.data.toString() : ""]?.();
}

// What commands show on a terminal: a pseudo-terminal of a given size, read as a terminal would show it.

import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { codeDirectory, fourFolder, main, pythonModel } from "./drum.js";

interface Shown {
  exitCode: number | undefined;
  /** What was sent to the terminal. */
  raw: string;
  /** The lines that are left on the screen. */
  lines: string[];
}

/** What makes Node leave colours out or show them on any stream: continuous integration sets some of these. */
const unset = { CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined, NODE_DISABLE_COLORS: undefined };

async function onTerminal(words: readonly string[], columns = 80, variables = {}): Promise<Shown> {
  const command = `stty cols ${columns} rows 24; exec ${[process.execPath, main, ...words].map(quoted).join(" ")}`;
  const { exitCode, stdout: raw } = await execa("script", ["-qec", command, "/dev/null"], {
    reject: false,
    env: { ...unset, TERM: "xterm", ...variables },
    timeout: 120_000,
  });
  return { exitCode, raw, lines: screenOf(raw, columns) };
}

const control = "\u001b";
/** Escape sequences and single characters. */
const parts = new RegExp(`${control}\\[[\\d;?]*[A-Za-z]|[^]`, "gu");
const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Reads carriage returns, line feeds, "erase to the end of the line" and colours, as a terminal does. */
function screenOf(raw: string, columns: number): string[] {
  const lines: string[][] = [[]];
  let at = 0;
  for (const [part] of raw.matchAll(parts)) {
    const line = lines.at(-1)!;
    if (part === "\r") at = 0;
    else if (part === "\n") lines.push([]);
    else if (part === `${control}[K`) line.splice(at);
    else if (part.startsWith("\u001b")) expect(part).toMatch(/m$/);
    else {
      if (at === columns) {
        lines.push([]);
        at = 0;
      }
      lines.at(-1)![at++] = part;
    }
  }
  return lines.map((line) =>
    Array.from(line, (one) => one ?? " ")
      .join("")
      .trimEnd(),
  );
}

const rows = codeDirectory({ "in.csv": "x\n1\n7\n7.021\n" });
const scoring = (folder: string) => [
  "score",
  ...["--code-dir", folder, "--input", `${rows}/in.csv`, "--target-type", "regression"],
];
const table = ["   Predictions", "0       0.1000", "1       0.7000", "2       0.7021"];
const answer = 'return pd.DataFrame({"Predictions": data["x"] * 0.1})';
const hooks = {
  "a hook prints": 'print("printed", i)',
  "a hook prints a line in parts": 'print("printed", end=" "); time.sleep(0.1); print(i)',
  "a library warns": 'import warnings; warnings.warn("printed %s" % i)',
  "native code prints": 'import os; os.write(2, b"printed %d\\n" % i)',
};

describe("a status line", () => {
  it.each(Object.entries(hooks))("stays below the log while %s", async (_title, print) => {
    const folder = pythonModel(
      `import time\n\ndef score(data, model, **kwargs):\n    for i in range(4):\n        ${print}\n        time.sleep(0.3)\n    ${answer}`,
    );
    const { exitCode, raw, lines } = await onTerminal(scoring(folder));
    expect(exitCode).toBe(0);
    expect(raw).toMatch(/⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/);
    expect(raw).toContain("predicting");
    const printed = lines.filter((line) => line.includes("printed"));
    for (const i of [0, 1, 2, 3]) expect(lines.join("\n")).toContain(`printed ${i}`);
    for (const line of printed.filter((one) => one.startsWith("[")))
      expect(line).toMatch(/^\[\d{4}-[^[]*: \[python-1\]/);
    expect(lines.slice(-4)).toEqual(table);
    expect(lines.join("\n")).not.toMatch(/predicting|loading the model|░|\(\d+ s\)/);
  });

  it("is no longer than a narrow terminal, and a table of predictions fits it", async () => {
    const folder = pythonModel(
      'import time\n\ndef score(data, model, **kwargs):\n    time.sleep(0.5)\n    return pd.DataFrame({"Predictions": data["x"]})',
    );
    const { raw, lines } = await onTerminal(scoring(folder), 20);
    expect(raw).toContain("…");
    expect(lines.slice(-4)).toEqual(["   Predictions", "0        1.000", "1        7.000", "2        7.021"]);
    expect(lines.filter((line) => line.includes("predicting"))).toEqual([]);
  });

  it("is not shown on a terminal that cannot move its cursor", async () => {
    const { raw } = await onTerminal(scoring(`${fourFolder}/regression/python`), 80, { TERM: "dumb" });
    expect(raw.replaceAll("\r\n", "\n")).not.toContain("\r");
  });
});

describe("colours", () => {
  const broken = pythonModel("def score(data, model, **kwargs):\n    1 / 0");
  const validation = ["validation", ...scoring(broken).slice(1)];

  it("mark the verdicts of a validation, and its table fits the terminal", async () => {
    const { raw, lines } = await onTerminal(validation, 60);
    expect(raw).toContain(`${control}[31mFAILED${control}[39m`);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
  });

  it("are left out with NO_COLOR", async () => {
    expect((await onTerminal(validation, 80, { NO_COLOR: "1" })).raw).not.toContain(`${control}[3`);
  });
});

it("drum doctor fits the terminal and marks in colour", async () => {
  const { raw, lines } = await onTerminal(["doctor"], 72);
  expect(raw).toContain(`${control}[32m✓${control}[39m`);
  expect(lines.filter((line) => line.length > 72)).toEqual([]);
});

// What `drum new` creates works unchanged: every template is scored and served, and an environment is found by its path.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newLanguages } from "../supervisor/jobs/scaffold/languages.js";
import { type TargetType, targetTypes } from "../supervisor/predictions/targets.js";
import { drum, main, post, root, type Server, serve } from "./drum.js";

const parent = mkdtempSync(path.join(tmpdir(), "drum-new-"));
const labels: Partial<Record<TargetType, string[]>> = {
  binary: ["--positive-class-label", "yes", "--negative-class-label", "not so"],
  multiclass: ["--class-labels", "low", "mid", "7"],
  multilabel: ["--class-labels", "low", "mid", "7"],
};
const routes: Partial<Record<string, string>> = {
  unstructured: "predictUnstructured",
  transform: "transform",
};

const questions: readonly TargetType[] = ["textgeneration", "vectordatabase", "agenticworkflow"];
const places = ["longitude", "latitude"];
const sizes = ["size", "rooms", "age"];

const makeModel = (language: string, type: TargetType, folder: string) =>
  drum([
    ...["new", "model", "--language", language, "--target-type", type, "--code-dir", folder],
    ...(labels[type] ?? []),
  ]);

describe.each(targetTypes)("a new %s model", (type) => {
  const folderOf = (language: string) => path.join(parent, type, language);
  const fileOf = (language: string, name: string) => path.join(folderOf(language), name);
  let server: Server;
  beforeAll(async () => {
    const made = await Promise.all(
      newLanguages.map((language) => makeModel(language, type, folderOf(language))),
    );
    for (const { exitCode, stderr } of made) expect([exitCode, stderr]).toEqual([0, ""]);
    server = await serve({ words: newLanguages.flatMap((one) => ["--code-dir", folderOf(one)]) });
  });
  afterAll(async () => {
    await server?.stop();
  });

  const send = (language: string, csv: string) =>
    post(`${server.url}/models/${language}/${routes[type] ?? "predict"}/`, csv);

  it.each(newLanguages)("in %s is scored as it is", async (language) => {
    const output = fileOf(language, "predictions.csv");
    const input = fileOf(language, "example.csv");
    const words = ["score", "--code-dir", folderOf(language), "--input", input, "--output", output];
    expect(await drum(words)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readFileSync(output, "utf8").length).toBeGreaterThan(10);
  });

  it.each(newLanguages)("in %s is served, and answers as the one in Python", async (language) => {
    const csv = readFileSync(fileOf(language, "example.csv"), "utf8");
    const [answer, other] = await Promise.all([send(language, csv), send("python", csv)]);
    const [text, wanted] = [await answer.text(), await other.text()];
    expect([answer.status, other.status], text).toEqual([200, 200]);
    // The boundary between the parts of a form differs each time.
    const isForm = answer.headers.get("content-type")?.startsWith("multipart/");
    if (!isForm) expect(roundedNumbers(text)).toEqual(roundedNumbers(wanted));
  });

  // Validating the other types would start every language again without testing anything new.
  const isValidated = ["regression", "binary", "unstructured", "transform"].includes(type);
  it.runIf(isValidated).each(newLanguages)("in %s passes drum validation", async (language) => {
    const words = ["--code-dir", folderOf(language), "--input", fileOf(language, "example.csv"), "--json"];
    const { exitCode, stdout, stderr } = await drum(["validation", ...words]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.filter(({ status }) => status !== "PASSED")).toEqual([]);
  });

  it.each(newLanguages)("in %s answers when a column is empty", async (language) => {
    const lines = readFileSync(fileOf(language, "example.csv"), "utf8").trim().split("\n");
    const names = lines[0]!.split(",");
    const rows = [
      ["1.5", "2", "3", "x"],
      ["2.5", "", "4", ""],
    ].map((row) => names.map((_, at) => row[at]));
    const table = (head: readonly string[], cells: readonly (readonly (string | undefined)[])[]) =>
      [head, ...cells].map((row) => `${row.join(",")}\n`).join("");
    for (const empty of names.keys()) {
      const holed = rows.map((row) => row.map((cell, at) => (at === empty ? "" : cell)));
      const answer = await send(language, table(names, holed));
      expect(answer.status, `${names[empty]}: ${await answer.text()}`).toBe(200);
    }
  });

  const needs = questions.includes(type) ? ["question"] : type === "geopoint" ? places : sizes;
  it.runIf(type !== "unstructured").each(newLanguages)(
    "in %s names the columns of a wrong table",
    async (language) => {
      const refusal = async (csv: string) => {
        const answer = await send(language, csv);
        const text = await answer.text();
        expect(answer.status, text).toBe(500);
        return text;
      };
      for (const name of needs) {
        const others = needs.filter((one) => one !== name);
        const text = await refusal(`${[...others, "odd name"].join(",")}\n${"1,".repeat(others.length)}2\n`);
        expect(text).toContain("odd name");
        if (language !== "r") expect(text).toContain(name);
      }
      const separated = await refusal(`${needs.join(";")};more\n${"1;".repeat(needs.length)}2\n`);
      expect(separated).toContain("the CSV seems to be separated by semicolons");
      if (needs.includes("question")) return;
      for (const [at, name] of needs.entries()) {
        const cells = needs.map((_, column) => (column === at ? "much" : "1"));
        for (const rows of [`${cells}\n`, `${needs.map(() => "1")}\n${cells}\n`])
          expect(await refusal(`${needs}\n${rows}`)).toContain(name);
      }
    },
  );
});

/** JSON numbers of two languages may differ after the ninth digit. */
function roundedNumbers(text: string): unknown {
  return JSON.parse(text, (_, value) =>
    typeof value === "number" ? Number(value.toPrecision(9)) : (value as unknown),
  );
}

describe("the commented hooks", () => {
  /** The hook file with the code after its last heading uncommented. */
  function uncomment(folder: string): void {
    const file = path.join(folder, readdirSync(folder).find((name) => name.startsWith("custom."))!);
    const [own, further] = readFileSync(file, "utf8").split(/(?<=Further hooks.*\n)/);
    writeFileSync(file, own + further!.replace(/^( *)(?:#|\/\/) ?/gm, "$1"));
  }

  it.each(newLanguages)("work in %s when their comment signs are taken away", async (language) => {
    for (const type of ["regression", "geopoint", "vectordatabase"] as const) {
      const folder = path.join(parent, `hooks-${language}-${type}`);
      await makeModel(language, type, folder);
      uncomment(folder);
      const words = ["score", "--code-dir", folder, "--input", path.join(folder, "example.csv")];
      const { exitCode, stdout, stderr } = await drum(words);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/ Predictions\n0 +(\d|POINT|\w)/);
    }
  });

  it("of text generation in Python answer a chat", async () => {
    const folder = path.join(parent, "chat");
    await makeModel("python", "textgeneration", folder);
    uncomment(folder);
    const server = await serve({ words: ["--code-dir", folder] });
    const messages = [{ role: "user", content: "When do you open?" }];
    const body = JSON.stringify({ model: "any", messages });
    const answer = await post(`${server.url}/v1/chat/completions`, body, {
      "content-type": "application/json",
    });
    const text = await answer.text();
    await server.stop();
    expect([answer.status, text]).toEqual([200, expect.stringContaining("We open at nine")]);
  });
});

describe("drum new model", () => {
  const folder = (name: string) => path.join(parent, name);

  it("says what it made and how to go on; the README names the files", async () => {
    const made = await drum(["new", "model", "--language", "r", "-cd", folder("said"), "--verbose"]);
    expect(made.stdout).toContain("contains a regression model in r");
    expect(made.stderr).toContain("wrote custom.R");
    expect(readdirSync(folder("said")).sort()).toEqual([
      "README.md",
      "custom.R",
      "example.csv",
      "model-metadata.yaml",
    ]);
    expect(readFileSync(path.join(folder("said"), "README.md"), "utf8")).toMatch(/^# said\n[^{}]*custom\.R/);
  });

  it("writes the name that is given, and leaves no comment of a template", async () => {
    const words = ["--language", "python", "--code-dir", folder("named"), "--name", "the: churn"];
    await drum(["new", "model", ...words]);
    const metadata = readFileSync(path.join(folder("named"), "model-metadata.yaml"), "utf8");
    expect(metadata).toContain('name: "the: churn"\n');
    const hooks = readFileSync(path.join(folder("named"), "custom.py"), "utf8");
    expect(hooks).not.toMatch(/# (only|not|end)\b/);
  });

  it.each<[string, string[], string]>([
    ["a missing language", ["--code-dir", folder("no")], "--language is required, one of python, r"],
    ["a missing folder", ["--language", "r"], "--code-dir is required (or the variable CODE_DIR)"],
    [
      "an unknown language",
      ["--code-dir", folder("no"), "--language", "cobol"],
      '--language must be one of python, r, julia, java, got "cobol"',
    ],
    [
      "an unknown target type",
      ["--code-dir", folder("no"), "--language", "r", "--target-type", "guess"],
      "--target-type must be one of",
    ],
    ["a folder that is there", ["--code-dir", parent, "--language", "r"], "that does not exist yet"],
    [
      "binary without labels",
      ["--code-dir", folder("no"), "--language", "r", "--target-type", "binary"],
      "add --positive-class-label and --negative-class-label",
    ],
    [
      "multiclass without labels",
      ["--code-dir", folder("no"), "--language", "r", "--target-type", "multiclass"],
      "add --class-labels",
    ],
    [
      "labels where there are no classes",
      ["--code-dir", folder("no"), "--language", "r", "--class-labels", "a", "b"],
      "--class-labels is for the target types",
    ],
  ])("refuses %s with exit code 2 and makes nothing", async (_title, words, message) => {
    const { exitCode, stderr } = await drum(["new", "model", ...words]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(folder("no"))).toBe(false);
  });

  it("that cannot write fails with exit code 1 and leaves nothing", async () => {
    writeFileSync(folder("file"), "");
    const words = ["--language", "r", "--code-dir", path.join(folder("file"), "model")];
    const { exitCode, stderr } = await drum(["new", "model", ...words]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("OUTPUT_UNWRITABLE")]);
  });

  it("asks on a terminal for what is missing, again where an answer does not do", async () => {
    const { output, exitCode } = await onTerminal(
      ["new", "model", "--code-dir", folder("asked")],
      [
        ["Language (", "perl"],
        ['"perl" is not one of the choices', "ju"],
        ["Target type (", "multiclass"],
        ["Labels, ", "one"],
        ["at least two labels", "one two"],
      ],
    );
    expect(exitCode, output).toBe(0);
    expect(existsSync(path.join(folder("asked"), "custom.jl"))).toBe(true);
    const metadata = readFileSync(path.join(folder("asked"), "model-metadata.yaml"), "utf8");
    expect(metadata).toContain("classLabels:\n    - one\n    - two\n");
  });

  it("asks for both labels of a binary model, which must differ", async () => {
    const words = [
      "new",
      "model",
      "--code-dir",
      folder("pair"),
      "--language",
      "r",
      "--target-type",
      "binary",
    ];
    const { output, exitCode } = await onTerminal(words, [
      ["positive class: ", "yes"],
      ["negative class: ", "yes"],
      ["must differ", "no"],
    ]);
    expect(exitCode, output).toBe(0);
    const metadata = readFileSync(path.join(folder("pair"), "model-metadata.yaml"), "utf8");
    expect(metadata).toMatch(/positiveClassLabel: yes\n\s*negativeClassLabel: no\n/);
  });

  it("ends with exit code 2 when the terminal closes before the answer", async () => {
    const { output, exitCode } = await onTerminal(
      ["new", "model", "--code-dir", folder("no")],
      [["Language (", "\u0004"]],
    );
    expect([exitCode, output]).toEqual([2, expect.stringContaining("there was no answer; give --language")]);
  });
});

/** Runs drum in its own terminal, and types each answer when its prompt has been printed. */
async function onTerminal(words: readonly string[], answers: [prompt: string, answer: string][]) {
  const command = [process.execPath, main, ...words].map((word) => `'${word}'`).join(" ");
  const child = execa("script", ["-qec", command, "/dev/null"], { reject: false, timeout: 60_000 });
  let [output, seen] = ["", 0];
  const waiting = [...answers];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const next = waiting[0];
    const at = next ? output.indexOf(next[0], seen) : -1;
    if (!next || at === -1) return;
    waiting.shift();
    seen = at + next[0].length;
    child.stdin.write(next[1] === "\u0004" ? next[1] : `${next[1]}\r`);
  });
  const { exitCode } = await child;
  return { output, exitCode };
}

describe("drum new env", () => {
  it.each([
    ["python", "requirements.txt"],
    ["r", "packages.sh"],
    ["julia", "Project.toml"],
    ["java", "pom.xml"],
  ])("makes a folder for %s that can be served from as an image", async (language, listing) => {
    const folder = path.join(parent, `env-${language}`);
    const made = await drum(["new", "env", "--language", language, "--output", folder]);
    expect([made.exitCode, made.stderr]).toEqual([0, ""]);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["Dockerfile", "environment.json", "start_server.sh", listing]),
    );
    expect(statSync(path.join(folder, "start_server.sh")).mode & 0o111).toBe(0o111);
    const dockerfile = readFileSync(path.join(folder, "Dockerfile"), "utf8");
    // e2e/container.test.ts tests what all images have in common.
    const start = "COPY start_server.sh /opt/container/\nCOPY start_server.sh /opt/code/\n";
    for (const words of [`FROM drumline:${language}\n`, `--tag env-${language} `, start])
      expect(dockerfile).toContain(words);
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (/\.(sh|json)$|Dockerfile/.test(file)) {
        expect(readFileSync(path.join(folder, file), "utf8"), file).not.toMatch(
          /\.\.\/\.\.|environments\/|environment install (java|r_caret|julia_mlj)/,
        );
      }
    }
    const check = await drum(["environment", "check", folder]);
    expect([check.exitCode, check.stdout]).toEqual([
      1,
      expect.stringContaining(`run: drum environment install ${folder}`),
    ]);
  });

  it("takes a folder to begin with too, whose copy says the same under another name", async () => {
    const [one, other] = ["first_env", "second_env"].map((name) => path.join(parent, name)) as [
      string,
      string,
    ];
    await drum(["new", "env", "--from", "java", "--output", one]);
    const made = await drum(["new", "env", "--from", one, "--output", other]);
    expect([made.exitCode, made.stdout]).toEqual([
      0,
      expect.stringContaining("a copy of the java environment first_env"),
    ]);
    const [first, second] = [one, other].map((folder) =>
      readFileSync(path.join(folder, "Dockerfile"), "utf8"),
    );
    expect(second).toBe(first!.replaceAll("first_env", "second_env"));
    expect(first).toContain("--tag first_env first_env");
    expect(first).toContain(
      "DRUM_RUNTIME=java=/opt/environment\nRUN sh /opt/container/install.sh environments /opt/environment\n",
    );
  });

  it("whose folder is installed by its path runs a model, and is told by its name", async () => {
    const home = mkdtempSync(path.join(tmpdir(), "drum-home-"));
    const folder = path.join(parent, "plain_java");
    await drum(["new", "env", "--from", "java", "--output", folder]);
    writeFileSync(path.join(folder, "install.sh"), plainJava);
    writeFileSync(path.join(folder, "rehearse.sh"), "echo all is well\n");
    const variables = { DRUM_HOME: home };
    const installed = await drum(["environment", "install", folder], variables);
    expect([installed.exitCode, installed.stdout]).toEqual([
      0,
      expect.stringMatching(/plain_java-\w+\/bin\/java/),
    ]);
    const checked = await drum(["environment", "check", folder], variables);
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringContaining("all is well")]);
    const model = path.join(parent, "for_env");
    await makeModel("java", "regression", model);
    const server = await serve({
      words: ["--code-dir", model, "--runtime", `java=${folder}`],
      variables,
    });
    const info = (await (await fetch(`${server.url}/info/`)).json()) as { environment: unknown };
    await server.stop();
    expect(JSON.stringify(info)).toContain("plain_java");
  });

  it.each<[string, string[], string]>([
    ["no folder", ["--language", "r"], "--output is required"],
    ["neither language nor environment", ["--output", path.join(parent, "no")], "--language or --from"],
    ["an unknown environment", ["--output", path.join(parent, "no"), "--from", "x"], "no environment"],
    [
      "an environment of another language",
      ["--output", path.join(parent, "no"), "--from", "r_caret", "--language", "java"],
      "is an environment for r, got --language java",
    ],
    ["a folder that is there", ["--output", parent, "--language", "r"], "that does not exist yet"],
    ["a name that is none", ["--output", path.join(parent, "a b"), "--language", "r"], 'got "a b"'],
  ])("refuses %s with exit code 2", async (_title, words, message) => {
    const { exitCode, stderr } = await drum(["new", "env", ...words]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("a folder that does not describe an environment is refused where one is expected", async () => {
    const { exitCode, stderr } = await drum(["environment", "check", parent]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("does not describe an environment")]);
    cpSync(path.join(root, "environments/r_caret"), path.join(parent, "here"), { recursive: true });
    const inside = await execa(process.execPath, [main, "environment", "check", "here"], {
      cwd: parent,
      reject: false,
    });
    expect(inside.stderr).toContain("to use the folder of this name, write ./here");
  });
});

/** An environment without libraries: the Java on PATH. */
const plainJava = `set -eu
mkdir "$DRUM_ENVIRONMENT_FOLDER/bin"
test -d "$DRUM_PACKAGE_FOLDER/workers"
printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$(command -v java)" >"$DRUM_ENVIRONMENT_FOLDER/bin/java"
chmod +x "$DRUM_ENVIRONMENT_FOLDER/bin/java"
echo "java 17" >"$DRUM_ENVIRONMENT_FOLDER/packages.txt"
`;

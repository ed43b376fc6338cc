// Faults before a model serves, in every language: interpreters, hook files, packages, artifacts, memory.

import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { codeDirectory, drum, fourFolder, languages, post, type Server, serve } from "./drum.js";

type Language = (typeof languages)[number];
const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
const score = (folder: string, ...words: string[]) =>
  drum(["score", "--code-dir", folder, "--target-type", "regression", "--input", input, ...words]);

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe.each(languages)("in %s", (language) => {
  const faults = path.join(fourFolder, "faults", language);
  const scoreFaults = (...words: string[]) =>
    drum(["score", "--code-dir", faults, "--input", input, ...words]);

  it("an interpreter that is not there is told before anything starts", async () => {
    const { exitCode, stderr } = await scoreFaults("--runtime", `${language}=/nowhere/bin/it`);
    expect(stderr).toContain("RUNTIME_MISSING");
    expect(stderr).toContain("this file does not exist");
    expect(exitCode).toBe(3);
  });

  it("one that may not be executed is told with its path", async () => {
    const file = path.join(codeDirectory({ interpreter: "#!/bin/sh\n" }), "interpreter");
    const { exitCode, stderr } = await scoreFaults("--runtime", `${language}=${file}`);
    expect(stderr).toContain(`RUNTIME_UNUSABLE: --runtime ${language}=${file}: ${file} is not executable`);
    expect(exitCode).toBe(3);
  });

  it("one that is too old is told with both versions", async () => {
    const old =
      '#!/bin/sh\ncase "$*" in *ersion*|*VERSION*) echo 1.0.3 ;; *) echo too old for this >&2; exit 1 ;; esac\n';
    const file = path.join(codeDirectory({ interpreter: old }), "interpreter");
    chmodSync(file, 0o755);
    const { exitCode, stderr } = await scoreFaults("--runtime", `${language}=${file}`);
    expect(stderr).toMatch(
      new RegExp(`RUNTIME_UNUSABLE: .* expected ${language} [\\d.]+ or newer, got version 1.0.3`),
    );
    expect(stderr).toContain("too old for this");
    expect(exitCode).toBe(3);
  });

  const broken: Record<Language, [file: string, text: string]> = {
    python: [
      "custom.py",
      "def load_model(code_dir):\n    return 1\n\ndef score(data, model)\n    return data\n",
    ],
    r: ["custom.R", "load_model <- function(d) 1\n\n\nscore <- function(data, model ...) {\n"],
    julia: ["custom.jl", "load_model(d) = 1\n\n\nscore(data, model = = 2\n"],
    java: [
      "custom.java",
      "import drumline.Table;\n\npublic class Custom {\n  public Table score(Table data, Object model) { return data }\n}\n",
    ],
  };
  it("a hook file that does not parse is told with its line", async () => {
    const [file, text] = broken[language];
    const { exitCode, stderr } = await score(codeDirectory({ [file]: text }));
    expect(stderr).toContain("HOOK_FILE_BROKEN");
    expect(stderr).toMatch(new RegExp(`line 4\\b.*${file}|${file}:4`));
    expect(exitCode).toBe(3);
  });

  const lacking: Record<Language, [file: string, text: string, code: string]> = {
    python: ["custom.py", "import nothing_like_it\n", "PACKAGE_MISSING"],
    r: ["custom.R", "library(nothing.like.it)\n", "PACKAGE_MISSING"],
    julia: ["custom.jl", "using NothingLikeIt\n", "PACKAGE_MISSING"],
    // The compiler names a class, not its jar.
    java: [
      "custom.java",
      "import nothing.like.It;\n\npublic class Custom { public It loadModel(String d) { return null; } }\n",
      "HOOK_FILE_BROKEN",
    ],
  };
  it("a package that is not there is told with its name", async () => {
    const [file, text, code] = lacking[language];
    const { exitCode, stderr } = await score(codeDirectory({ [file]: text }));
    expect(stderr).toContain(code);
    expect(stderr).toMatch(/nothing[._]?like/i);
    expect(exitCode).toBe(3);
  });

  const endings: Record<Language, string> = {
    python: "model.pkl",
    r: "model.rds",
    julia: "model.jlso",
    java: "model.pmml",
  };
  it("an artifact that cannot be read is told with its name", async () => {
    const { exitCode, stderr } = await score(codeDirectory({ [endings[language]]: "this is no model" }));
    expect(stderr).toMatch(/ARTIFACT_UNREADABLE|PACKAGE_MISSING/);
    expect(stderr).toContain(endings[language]);
    expect(exitCode).toBe(3);
  });

  it("two artifacts and no hook that chooses are told with their names", async () => {
    const other = endings[language].replace("model", "other");
    const { exitCode, stderr } = await score(codeDirectory({ [endings[language]]: "1", [other]: "2" }));
    expect(stderr).toContain("ARTIFACT_AMBIGUOUS");
    for (const file of [endings[language], other]) expect(stderr).toContain(file);
    expect(exitCode).toBe(3);
  });

  const nothing: Record<Language, [file: string, text: string]> = {
    python: ["custom.py", "def transform(data, model):\n    return data\n"],
    r: ["custom.R", "transform <- function(data, model) data\n"],
    julia: ["custom.jl", "transform(data, model) = data\n"],
    java: [
      "custom.java",
      "import drumline.Table;\n\npublic class Custom { public Table transform(Table data, Object model) { return data; } }\n",
    ],
  };
  it.each(["transform", "score"])("a folder with %s and no model is told", async (hook) => {
    const [file, text] = nothing[language];
    const { exitCode, stderr } = await score(codeDirectory({ [file]: text.replaceAll("transform", hook) }));
    expect(stderr).toContain("ARTIFACT_MISSING");
    expect(exitCode).toBe(3);
  });
});

describe("a Java heap that is too small", () => {
  const custom = `import drumline.Table;

public class Custom {
  public int loadModel(String codeDir) { return 1; }

  public Table score(Table data, Integer model) {
    if (data.doubles("a")[0] > 1) System.out.println(new long[1 << 28].length);
    return Table.of("Predictions", data.doubles("a"));
  }
}
`;

  it("is told with the variable that sets it, and the next request is served", async () => {
    const folder = codeDirectory({ "custom.java": custom });
    server = await serve({
      words: ["--code-dir", folder, "--target-type", "regression"],
      variables: { DRUM_JAVA_XMX: "128m" },
    });
    const answer = await post(`${server.url}/predict/`, "a\n2\n");
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { message: string }).message).toContain("DRUM_JAVA_XMX");
    expect((await post(`${server.url}/predict/`, "a\n1\n")).status).toBe(200);
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
  });
});

it("--runtime for a language that nobody knows is refused with those there are", async () => {
  const folder = codeDirectory({ "custom.py": "" });
  writeFileSync(path.join(folder, "custom.py"), "def score(data, model):\n    return data\n");
  const { exitCode, stderr } = await score(folder, "--runtime", "pyhton=python3");
  expect(stderr).toContain('unknown language "pyhton"; choose one of');
  expect(exitCode).toBe(2);
});

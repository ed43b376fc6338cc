// Files that are fetched from S3 into the code directory before the model is loaded, with --lazy-loading-file or variables.

import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { adminHeaders, codeDirectory, drum, fourFolder, languages, model, post, serve } from "./drum.js";
import { credentials, Store, type StoreObject } from "./store.js";

const artifact = Buffer.from("the weights".repeat(300_000));
const regression = ["--target-type", "regression"];
const stores: Store[] = [];
afterAll(async () => {
  await Promise.all(stores.map((store) => store.stop()));
});

async function storeOf(
  objects: Record<string, StoreObject>,
  options: Parameters<typeof Store.start>[1] = {},
) {
  const store = await Store.start(objects, options);
  stores.push(store);
  return store;
}

const s3 = {
  credentialType: "s3",
  awsAccessKeyId: credentials.id,
  awsSecretAccessKey: credentials.secret,
};

interface Wishes {
  store: Store;
  files?: { remotePath: string; localPath: string; repositoryId?: string }[];
  credential?: Record<string, unknown>;
  repository?: Record<string, unknown>;
}

/** What the file and the variables have in common. */
function dataOf({
  store,
  files = [{ remotePath: "a/weights.bin", localPath: "weights.bin" }],
  repository = {},
}: Wishes) {
  return {
    files: files.map((file) => ({ repositoryId: "repo-1", ...file })),
    repositories: [
      {
        repositoryId: "repo-1",
        bucketName: "models",
        credentialId: "cred1",
        endpointUrl: store.url,
        ...repository,
      },
    ],
  };
}

function fileOf(wishes: Wishes): string {
  const content = { ...dataOf(wishes), credentials: [{ id: "cred1", ...s3, ...wishes.credential }] };
  return path.join(codeDirectory({ "lazy.yaml": JSON.stringify(content) }), "lazy.yaml");
}

/** Scores the size of a file that does not exist before, so that it must be fetched before load_model. */
const sizeModel = () =>
  codeDirectory({
    "custom.py":
      "import os\nimport pandas as pd\n\ndef load_model(code_dir):\n    return os.path.getsize(os.path.join(code_dir, 'weights.bin'))\n\n" +
      "def score(data, model):\n    return pd.DataFrame({'Predictions': [float(model)] * len(data)})\n",
  });

const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");

const score = (folder: string, words: string[], variables = {}) =>
  drum(["score", "--code-dir", folder, "--input", input, ...regression, ...words], variables);

describe("--lazy-loading-file", () => {
  it("brings what load_model reads, also of an odd name and with a session token", async () => {
    const odd = "odd names/w & (1)+~'ä*=.bin";
    const store = await storeOf({ [`/models/${odd}`]: artifact });
    const file = fileOf({
      store,
      files: [{ remotePath: odd, localPath: "weights.bin" }],
      credential: { awsSessionToken: credentials.token },
    });
    const folder = sizeModel();
    const outcome = await score(folder, [
      "--lazy-loading-file",
      file,
      "--output",
      path.join(folder, "out.csv"),
    ]);
    expect(store.faults).toEqual([]);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readFileSync(path.join(folder, "out.csv"), "utf8")).toBe(`Predictions\n${artifact.length}.0\n`);
  });

  it.each(languages)("brings the artifacts and hooks of a model in %s", async (language) => {
    const source = path.join(fourFolder, "regression", language);
    const names = readdirSync(source).filter((name) => name !== "compiled");
    const objects = names.map((name) => [`/models/${name}`, readFileSync(path.join(source, name))]);
    const store = await storeOf(Object.fromEntries(objects));
    const file = fileOf({ store, files: names.map((name) => ({ remotePath: name, localPath: name })) });
    const rows = path.join(fourFolder, "input.csv");
    const words = ["--target-type", "regression", "--input", rows, "--language", language];
    const fetched = await drum([
      "score",
      "--code-dir",
      codeDirectory({}),
      "--lazy-loading-file",
      file,
      ...words,
    ]);
    const inPlace = await drum(["score", "--code-dir", source, ...words]);
    expect(fetched).toMatchObject({ exitCode: 0, stdout: inPlace.stdout });
  });

  it("may name the keys in snake case, and folders that are not there yet", async () => {
    const store = await storeOf({ "/models/a": artifact });
    const content = {
      files: [{ remote_path: "/a", local_path: "deep/er/a.bin", repository_id: "r" }],
      repositories: [
        { repository_id: "r", bucket_name: "models", credential_id: "c", endpoint_url: `${store.url}/` },
      ],
      credentials: [
        {
          id: "c",
          credential_type: "s3",
          aws_access_key_id: credentials.id,
          aws_secret_access_key: credentials.secret,
        },
      ],
    };
    const folder = model("python_constant").folder;
    const copy = codeDirectory({ "custom.py": readFileSync(path.join(folder, "custom.py")) });
    const file = path.join(codeDirectory({ "lazy.yaml": JSON.stringify(content) }), "lazy.yaml");
    expect((await score(copy, ["--lazy-loading-file", file])).stderr).toBe("");
    expect(readFileSync(path.join(copy, "deep", "er", "a.bin")).equals(artifact)).toBe(true);
  });

  it("finds a bucket of another region, which the store names", async () => {
    const store = await storeOf({ "/models/a/weights.bin": artifact }, { region: "eu-central-1" });
    const words = ["--lazy-loading-file", fileOf({ store })];
    expect(await score(sizeModel(), words)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(store.faults).toEqual([]);
    expect(store.asked).toHaveLength(2);
    expect((await score(sizeModel(), words, { AWS_REGION: "eu-central-1" })).exitCode).toBe(0);
    expect(store.asked).toHaveLength(3);
  });

  it("asks again when the store breaks off or is busy, and keeps no half file", async () => {
    const store = await storeOf({
      "/models/a/weights.bin": (response, times) => {
        if (times === 1) response.writeHead(503).end("busy");
        else if (times === 2) {
          response.writeHead(200, { "content-length": artifact.length });
          response.write(artifact.subarray(0, 1000), () => response.destroy());
        } else response.writeHead(200, { "content-length": artifact.length }).end(artifact);
      },
    });
    const folder = sizeModel();
    const outcome = await score(folder, ["--lazy-loading-file", fileOf({ store })]);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(store.asked).toHaveLength(3);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("that does not come ends the command with 3, names the object and leaves nothing behind", async () => {
    const short: StoreObject = (response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("short", () => response.destroy());
    };
    const store = await storeOf({ "/models/short": short });
    const cases = [
      ["nowhere", {}, ["404, NoSuchKey", "check remotePath"]],
      [
        "a",
        { awsSecretAccessKey: "another secret" },
        ["403, SignatureDoesNotMatch", "check the credentials"],
      ],
      ["short", {}, ["cannot fetch weights.bin from s3://models/short"]],
    ] as const;
    for (const [remotePath, credential, words] of cases) {
      const folder = sizeModel();
      const file = fileOf({ store, files: [{ remotePath, localPath: "weights.bin" }], credential });
      const outcome = await score(folder, ["--lazy-loading-file", file]);
      expect(outcome.exitCode).toBe(3);
      for (const word of ["LAZY_LOADING_FAILED", ...words]) expect(outcome.stderr).toContain(word);
      expect(readdirSync(folder)).toEqual(["custom.py"]);
    }
  });

  it("of a store that nobody can reach is told so", async () => {
    const store = await Store.start({});
    await store.stop();
    const outcome = await score(sizeModel(), ["--lazy-loading-file", fileOf({ store })]);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain("ECONNREFUSED");
    expect(outcome.stderr).toContain(store.url);
  });

  it("checks the store's certificate unless verifyCertificate is false", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "drum-tls-"));
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"];
    await execa("openssl", [...made, "-keyout", key!, "-out", cert!]);
    const tls = { key: readFileSync(key!), cert: readFileSync(cert!) };
    const store = await storeOf({ "/models/a/weights.bin": artifact }, { tls });
    const strict = await score(sizeModel(), ["--lazy-loading-file", fileOf({ store })]);
    expect(strict.exitCode).toBe(3);
    expect(strict.stderr).toContain("self-signed certificate");
    const file = fileOf({ store, repository: { verifyCertificate: false } });
    expect((await score(sizeModel(), ["--lazy-loading-file", file])).exitCode).toBe(0);
  });

  const anyStore = { url: "http://127.0.0.1:1" } as Store;
  it.each<[string, object, string]>([
    ["no list of files", { files: undefined }, "files must be a list with at least one item"],
    ["no list of credentials", { credentials: undefined }, "credentials must be a list"],
    [
      "a repository that is not there",
      { repositories: [{ ...dataOf({ store: anyStore }).repositories[0], repositoryId: "x" }] },
      "files[0]: repositoryId matches no id in repositories",
    ],
    [
      "a credential that is not there",
      { credentials: [{ id: "other", ...s3 }] },
      "credentialId matches no id in credentials",
    ],
    [
      "credentials of another type",
      { credentials: [{ id: "cred1", ...s3, credentialType: "azure" }] },
      "expected s3",
    ],
    [
      "an address that is none",
      { repositories: [{ ...dataOf({ store: anyStore }).repositories[0], endpointUrl: "minio:9000" }] },
      "endpointUrl is not a URL",
    ],
    [
      "a path out of the folder",
      { files: [{ remotePath: "a", localPath: "../a", repositoryId: "repo-1" }] },
      "localPath leads out",
    ],
    [
      "a path that is none",
      { files: [{ remotePath: "a", localPath: 7, repositoryId: "repo-1" }] },
      "localPath must be a non-empty string",
    ],
  ])("with %s is a usage error that shows no secret", async (_title, change, words) => {
    const content = { ...dataOf({ store: anyStore }), credentials: [{ id: "cred1", ...s3 }], ...change };
    const file = path.join(codeDirectory({ "lazy.yaml": JSON.stringify(content) }), "lazy.yaml");
    const outcome = await score(sizeModel(), ["--lazy-loading-file", file]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(words);
    expect(outcome.stderr).toContain(`--lazy-loading-file ${file}`);
    expect(outcome.stderr).not.toContain(credentials.secret);
  });

  it("that is no YAML is told so, and does not show what it holds", async () => {
    const file = path.join(
      codeDirectory({ "lazy.yaml": `awsSecretAccessKey: [${credentials.secret}` }),
      "lazy.yaml",
    );
    const outcome = await score(sizeModel(), ["--lazy-loading-file", file]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("neither valid YAML nor JSON");
    expect(outcome.stderr).not.toContain(credentials.secret);
  });

  it("is for one model", async () => {
    const words = ["server", "--address", "127.0.0.1:0", "--model-dir", fourFolder];
    const outcome = await drum([...words, "--lazy-loading-file", fileOf({ store: anyStore })]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("works with one model only");
  });
});

describe("MLOPS_LAZY_LOADING_DATA", () => {
  const secret = { MLOPS_REPOSITORY_SECRET_CRED1: JSON.stringify(s3) };

  it("counts as the file does, for a server and its swaps, and the secrets are masked in the log", async () => {
    const store = await storeOf({ "/models/a/weights.bin": artifact });
    const folder = sizeModel();
    const hooks = readFileSync(path.join(folder, "custom.py"), "utf8");
    const print =
      "    import os\n    print('variable', os.environ['MLOPS_REPOSITORY_SECRET_CRED1'])\n    return";
    writeFileSync(path.join(folder, "custom.py"), hooks.replace("    return os", `${print} os`));
    const server = await serve({
      words: ["--code-dir", folder, "--logging-level", "info", ...regression],
      variables: { MLOPS_LAZY_LOADING_DATA: JSON.stringify(dataOf({ store })), ...secret },
    });
    const predict = async () => (await (await post(`${server.url}/predict/`, "a\n1\n")).json()) as unknown;
    expect(await predict()).toEqual({ predictions: [artifact.length] });
    const other = sizeModel();
    const swap = await post(
      `${server.url}/admin/swap`,
      JSON.stringify({ code_dir: other }),
      adminHeaders(server),
    );
    expect(swap.status).toBe(200);
    expect(existsSync(path.join(other, "weights.bin"))).toBe(true);
    expect(await predict()).toEqual({ predictions: [artifact.length] });
    await server.stop();
    expect(store.asked).toHaveLength(2);
    expect(server.output()).toContain("fetched 1 of 1 file");
    expect(server.output()).toContain("variable");
    expect(server.output()).not.toContain(credentials.secret);
  });

  it("without the variable of the credentials is a usage error", async () => {
    const data = JSON.stringify(dataOf({ store: { url: "http://127.0.0.1:1" } as Store }));
    const outcome = await score(sizeModel(), [], { MLOPS_LAZY_LOADING_DATA: data });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("MLOPS_REPOSITORY_SECRET_CRED1, which is not set");
  });

  it("that does not come is what an error server tells", async () => {
    const store = await storeOf({});
    const server = await serve({
      words: ["--code-dir", sizeModel(), "--with-error-server", ...regression],
      variables: { MLOPS_LAZY_LOADING_DATA: JSON.stringify(dataOf({ store })), ...secret },
      until: 513,
    });
    expect(await (await fetch(`${server.url}/`)).text()).toContain("404, NoSuchKey");
    await server.stop();
  });
});

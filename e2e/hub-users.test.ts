// drum hub: users, tokens and roles, the audit log, rate limits, backups, and imports beside a running hub.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drum, freePort, post, root, type Server, serve } from "./drum.js";

const clientsPython = path.join(root, ".setup", "clients", "bin", "python");
const admin = "0123456789abcdef-of-admin";
const [times10, times20, imported] = ["1", "2", "3"].map((digit) => digit.repeat(24)) as [
  string,
  string,
  string,
];

/** A folder with a model that multiplies x, a second one, and a YAML file of both with a deployment. */
function folderOfModels(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-hub-"));
  for (const factor of [10, 20]) writeModel(path.join(folder, `times${factor}`), factor);
  writeFileSync(
    path.join(folder, "models.yaml"),
    `projects:
  - name: Products
    target: y
    models:
      - {id: "${times10}", type: Ten, codeDirectory: times10, targetType: regression}
      - {id: "${times20}", type: Twenty, codeDirectory: times20, targetType: regression}
deployments:
  - {id: "${imported}", label: imported, modelId: "${times10}"}
`,
  );
  return folder;
}

function writeModel(folder: string, factor: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "custom.py"),
    `import pandas as pd

def load_model(code_dir):
    return ${factor}

def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data["x"] * model * 1.0})
`,
  );
}

function hubOf(folder: string, words: readonly string[] = [], data = "data"): Promise<Server> {
  return serve({
    command: "hub",
    words: ["--data-dir", path.join(folder, data), ...words],
    variables: { DRUM_TOKEN: admin },
  });
}

async function ask(url: string, token: string, method = "GET", body?: object) {
  const answer = await fetch(url, {
    method,
    redirect: "manual",
    headers: { authorization: `Token ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** The first prediction of a deployment for x = 1; the status if there is none. */
async function predicted({ url }: Server, id = imported): Promise<number> {
  const headers = { authorization: `Token ${admin}`, "content-type": "text/csv" };
  const answer = await post(`${url}/predApi/v1.0/deployments/${id}/predictions`, "x\n1\n", headers);
  if (answer.status !== 200) return answer.status;
  const { data } = (await answer.json()) as { data: { prediction: number }[] };
  return data[0]!.prediction;
}

/** Waits for what the hub does after an import. */
async function predicts(hub: Server, wanted: number): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50))
    if ((await predicted(hub)) === wanted) return;
  throw new Error(`did not predict ${wanted}: ${hub.output()}`);
}

async function tokenOf(data: string, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await drum(["hub", "token", "--data-dir", data, ...words]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return stdout.trim();
}

async function audited(data: string, words: readonly string[] = []) {
  const { exitCode, stdout } = await drum(["hub", "audit", "--data-dir", data, ...words]);
  expect(exitCode).toBe(0);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(
      (line) =>
        JSON.parse(line) as {
          at: string;
          user: string;
          action: string;
          objectId: string;
          details: Record<string, unknown>;
        },
    );
}

describe("users of a hub", () => {
  let folder: string;
  let data: string;
  let hub: Server;
  beforeAll(async () => {
    folder = folderOfModels();
    data = path.join(folder, "data");
    hub = await hubOf(folder, ["--import", path.join(folder, "models.yaml")]);
  });
  afterAll(async () => {
    await hub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("may do with a deployment what their role allows, by DataRobot's client", async () => {
    const tokens: Record<string, string> = { admin };
    for (const name of ["owner", "second", "user", "consumer", "stranger"])
      tokens[name] = await tokenOf(data, ["--user", name]);
    const given = { url: hub.url, model: times10, other: times20, id: imported, tokens };
    const { stdout } = await execa(clientsPython, [
      path.join(root, "e2e", "clients", "hub_users.py"),
      JSON.stringify(given),
    ]);
    const told = JSON.parse(stdout);

    const reading = ["list", "see", "features", "see settings", "see roles", "see history"];
    const predicting = ["predApi", "api/v2", "drum", "v1", "v2"];
    const owning = ["label", "status", "settings", "replace", "share", "delete"];
    const all = (names: readonly string[], outcome: unknown) =>
      Object.fromEntries(names.map((name) => [name, outcome]));
    const owns = {
      ...all(reading, "ok"),
      list: true,
      ...all(predicting, 200),
      ...all(owning, "ok"),
      delete: "not tried",
    };
    expect(told.rights).toEqual({
      stranger: { ...all(reading, 404), list: false, ...all(predicting, 404), ...all(owning, 404) },
      consumer: { ...all(reading, 403), list: false, ...all(predicting, 200), ...all(owning, 403) },
      user: { ...all(reading, "ok"), list: true, ...all(predicting, 200), ...all(owning, 403) },
      owner: owns,
      admin: owns,
    });
    const ofUser = ["CAN_MAKE_PREDICTIONS", "CAN_SUBMIT_ACTUALS", "CAN_VIEW"];
    expect(told.permissions.user).toEqual(ofUser);
    expect(told.permissions.second).toEqual(expect.arrayContaining([...ofUser, "CAN_SHARE"]));
    expect(told.permissions.admin).toEqual(told.permissions.second);

    expect(told.alone).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        name: "owner",
        role: "OWNER",
        share_recipient_type: "user",
      },
    ]);
    const owner = { id: told.alone[0].id, email: "owner" };
    expect(told["owners alone"]).toEqual({ count: 1, preview: [owner] });
    expect(told.owners).toEqual({ count: 2, preview: [owner, { id: expect.any(String), email: "second" }] });
    expect(told["listed owners"]).toEqual([2]);
    expect(told.roles).toEqual({ owner: "OWNER", second: "OWNER", user: "USER", consumer: "CONSUMER" });
    expect(told["roles by page"]).toEqual([
      ["consumer", "owner"],
      ["second", "user"],
    ]);
    expect(told["roles without limit"]).toBe(4);
    expect(told["by name"]).toEqual(["USER"]);
    expect(told["by id"]).toEqual(["owner"]);
    expect(told.groups).toEqual([]);

    const refused = (words: string) => ({ status: 422, message: expect.stringContaining(words) });
    expect(told["last owner"]).toEqual(refused("the deployment keeps an owner"));
    expect(told["last owner by less"]).toEqual(refused("the deployment keeps an owner"));
    expect(told["unknown user"]).toEqual(
      refused('a user of this hub, whom drum hub token makes, got "nobody"'),
    );
    expect(told["after a refusal"]).toBe(1);
    expect(told["unknown role"]).toEqual(refused("one of OWNER, USER, CONSUMER, NO_ROLE"));
    expect(told.group).toEqual(refused("this hub has no others"));
    expect(told["can share"]).toEqual(refused("only an OWNER may share"));
    expect(told.none).toEqual(refused("a list of 1 to 100 roles"));
    expect(told["too many"]).toEqual(refused("a list of 1 to 100 roles"));

    expect(told.filters).toEqual({
      user: { OWNER: false, USER: true },
      consumer: { OWNER: false, USER: false },
      second: { OWNER: true, USER: false },
      admin: { OWNER: true, USER: false },
    });
    expect(told["created by"]).toEqual({ owner: ["named by admin"], nobody: [] });
    expect(told["user left"]).toMatchObject({ status: 404 });
    expect(told["owner left"]).toMatchObject({ status: 404 });
    expect(told.left).toEqual({ second: "OWNER", consumer: "CONSUMER" });
    expect(told.deleted).toBeNull();

    const lines = (await audited(data)).filter(({ objectId }) => objectId === told.id);
    expect(lines.map(({ action, user }) => `${action} by ${user}`)).toEqual([
      "deployment.create by owner",
      "deployment.share by owner",
      "deployment.share by owner",
      "deployment.share by owner",
      "deployment.change by owner",
      "deployment.settings by owner",
      "deployment.replaceModel by owner",
      "deployment.change by admin",
      "deployment.settings by admin",
      "deployment.replaceModel by admin",
      "deployment.share by user",
      "deployment.share by owner",
      "deployment.delete by second",
    ]);
    expect(lines[1]!.details).toMatchObject({ user: "user", role: "USER", before: null });
    expect(lines.at(-2)!.details).toMatchObject({ user: "owner", role: null, before: "OWNER" });
  });

  it("lose at the next request the token that a command beside the hub revokes", async () => {
    const at = `${hub.url}/api/v2/deployments/`;
    const token = await tokenOf(data, ["--user", "ada", "--admin"]);
    expect((await ask(at, token)).body.totalCount).toBeGreaterThan(0);
    const listed = await drum(["hub", "token", "--data-dir", data, "--list", "--json"]);
    const users = JSON.parse(listed.stdout) as {
      name: string;
      isAdministrator: boolean;
      tokens: { id: string }[];
    }[];
    const ada = users.find(({ name }) => name === "ada")!;
    expect(ada).toMatchObject({ isAdministrator: true, tokens: [{ createdAt: expect.any(String) }] });
    const inWords = await drum(["hub", "token", "--data-dir", data, "--list"]);
    for (const text of ["ada", "administrator", ada.tokens[0]!.id]) expect(inWords.stdout).toContain(text);
    for (const secret of [token, admin]) expect(listed.stdout + inWords.stdout).not.toContain(secret);

    const revoked = await drum(["hub", "token", "--data-dir", data, "--revoke", ada.tokens[0]!.id]);
    expect(revoked).toMatchObject({ exitCode: 0, stdout: `revoked ${ada.tokens[0]!.id}, a token of ada\n` });
    const refused = await ask(at, token);
    expect(refused).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining("not one of this hub") },
    });

    const [first, second] = [
      await tokenOf(data, ["--user", "ada"]),
      await tokenOf(data, ["--user", "ada", "--only"]),
    ];
    expect((await ask(at, first)).status).toBe(401);
    expect((await ask(at, second)).status).toBe(200);
    const lines = await audited(data);
    expect(lines.slice(-6).map(({ action, user }) => `${action} by ${user}`)).toEqual([
      "user.create by command line",
      "token.create by command line",
      "token.revoke by command line",
      "token.create by command line",
      "token.revoke by command line",
      "token.create by command line",
    ]);
    expect(await audited(data, ["--since", lines.at(-1)!.at])).toEqual([lines.at(-1)]);
    for (const name of readdirSync(data).filter((one) => one.startsWith("hub.sqlite")))
      for (const secret of [token, second, admin])
        expect(readFileSync(path.join(data, name), "latin1")).not.toContain(secret);
  });

  it.each([
    [["--revoke", "x"], "there is no token x; drum hub token --list shows their ids"],
    [["--list", "--only"], "--only is for a new token, and --list makes none"],
    [["--revoke", "x", "--user", "ada"], "--user is for a new token, and --revoke makes none"],
    [["--json"], "--json needs --list"],
    [["--user", "consumer", "--admin"], "--admin is for a new user"],
    [["--user", " "], "the name of a user must have 1 to 200 characters"],
  ])("are told of wrong words: %j", async (words, message) => {
    const { exitCode, stdout, stderr } = await drum(["hub", "token", "--data-dir", data, ...words]);
    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it("are told of a wrong time, and of a folder without a hub", async () => {
    const wrong = await drum(["hub", "audit", "--data-dir", data, "--since", "yesterday"]);
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--since must be a time in ISO 8601"),
    });
    const none = await drum(["hub", "audit", "--data-dir", folder]);
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("STORE_UNUSABLE") });
  });
});

describe("a hub with limits", () => {
  it("lets DataRobot's client wait and go on, each token by itself", async () => {
    const folder = folderOfModels();
    const words = [
      "--rate-limit",
      "20",
      "--prediction-rate-limit",
      "3",
      "--import",
      path.join(folder, "models.yaml"),
    ];
    const hub = await hubOf(folder, words);
    try {
      await predicts(hub, 10).catch(() => {});
      const other = await tokenOf(path.join(folder, "data"), ["--user", "other"]);
      const script = `
import datarobot as dr, time, sys, warnings
warnings.simplefilter("ignore")
dr.Client(endpoint=sys.argv[1] + "/api/v2", token=sys.argv[2])
started = time.time()
for _ in range(25):
    assert len(dr.Deployment.list()) == 1
print(time.time() - started)
`;
      const client = execa(clientsPython, ["-c", script, hub.url, admin]);
      const at = `${hub.url}/api/v2/deployments/`;
      let refused: Awaited<ReturnType<typeof ask>> | undefined;
      for (let time = 0; time < 25 && refused?.status !== 429; time++) refused = await ask(at, other);
      expect(refused?.status).toBe(429);
      expect(refused?.body).toEqual({
        message: expect.stringContaining("20 requests in a minute, the limit of --rate-limit"),
      });
      const pause = Number(refused?.headers.get("retry-after"));
      expect(pause).toBeGreaterThan(0);
      expect(pause).toBeLessThanOrEqual(60);
      // Predictions have a limit of their own, on every way; health has none.
      const headers = { authorization: `Token ${admin}`, "content-type": "text/csv" };
      const ways = [`/predApi/v1.0/deployments/${imported}/predictions`, `/models/${imported}/predict/`];
      const statuses: number[] = [];
      for (let time = 0; time < 5; time++)
        statuses.push((await post(hub.url + ways[time % 2]!, "x\n1\n", headers)).status);
      expect(statuses.at(-1)).toBe(429);
      expect((await fetch(`${hub.url}/health/`)).status).toBe(200);
      expect(Number((await client).stdout)).toBeGreaterThan(1);
    } finally {
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a backup of a hub", () => {
  it("holds one moment of a hub that is changed meanwhile, and starts again from it", async () => {
    const folder = folderOfModels();
    const hub = await hubOf(folder, ["--import", path.join(folder, "models.yaml")]);
    const data = path.join(folder, "data");
    let second: Server | undefined;
    try {
      await predicts(hub, 10);
      mkdirSync(path.join(data, "files"), { recursive: true });
      writeFileSync(path.join(data, "files", "kept.bin"), Buffer.alloc(2_000_000, "drum"));
      const at = `${hub.url}/api/v2/deployments/${imported}/`;
      let isOver = false;
      let changes = 0;
      const load = (async () => {
        for (; !isOver; changes++) {
          const answer = await ask(at, admin, "PATCH", {
            label: `change ${changes}`,
            description: `change ${changes}`,
          });
          expect(answer.status).toBe(204);
          await ask(`${at}settings/`, admin, "PATCH", { predictionWarning: { enabled: changes % 2 === 0 } });
        }
      })();
      const outputs: string[] = [];
      for (let time = 0; time < 3; time++) {
        const output = path.join(folder, `backup${time}.tar.gz`);
        outputs.push(output);
        const before = changes;
        const made = await drum(["hub", "backup", "--data-dir", data, "--output", output]);
        expect(made).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining("2 files") });
        expect(changes).toBeGreaterThan(before);
      }
      isOver = true;
      await load;
      const again = await drum(["hub", "backup", "--data-dir", data, "--output", outputs[0]!]);
      expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is there already") });
      const onto = await drum(["hub", "restore", "--input", outputs[0]!, "--data-dir", data]);
      expect(onto).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("it holds a hub already") });

      const restored = path.join(folder, "restored");
      const done = await drum(["hub", "restore", "--input", outputs.at(-1)!, "--data-dir", restored]);
      expect(done).toMatchObject({ exitCode: 0, stderr: "" });
      expect(readFileSync(path.join(restored, "files", "kept.bin"), "latin1")).toBe("drum".repeat(500_000));
      second = await hubOf(folder, [], "restored");
      await predicts(second, 10);
      const { body } = await ask(`${second.url}/api/v2/deployments/${imported}/`, admin);
      expect(body.label).toMatch(/^change \d+$/);
      // One transaction changes both, and its line of the audit log tells of it.
      expect(body.description).toBe(body.label);
      const lines = (await audited(restored)).filter(({ action }) => action === "deployment.change");
      expect(lines.at(-1)!.details).toMatchObject({ label: body.label });
      const projects = await ask(`${second.url}/api/v2/projects/`, admin);
      expect(projects.body).toMatchObject([{ projectName: "Products" }]);
      const beside = await tokenOf(restored, ["--user", "new"]);
      expect((await ask(`${second.url}/api/v2/projects/`, beside)).status).toBe(200);
      expect((await ask(`${hub.url}/api/v2/projects/`, beside)).status).toBe(401);
    } finally {
      await Promise.all([hub.stop(), second?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("of a hub that does not run is the same, goes to another place, and leaves nothing behind if damaged", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "drum-hub-"));
    try {
      const data = path.join(folder, "data");
      mkdirSync(data);
      // The code lies in the data directory, as that of custom models does.
      const models = folderOfModels();
      cpSync(models, path.join(data, "code"), { recursive: true });
      rmSync(models, { recursive: true });
      await (await hubOf(folder, ["--import", path.join(data, "code", "models.yaml")])).stop();
      const output = path.join(folder, "backup.tar.gz");
      expect((await drum(["hub", "backup", "--data-dir", data, "--output", output])).exitCode).toBe(0);
      rmSync(data, { recursive: true });
      const restored = path.join(folder, "restored");
      const content = readFileSync(output);
      writeFileSync(output, content.subarray(0, content.length - 20));
      const broken = await drum(["hub", "restore", "--input", output, "--data-dir", restored]);
      expect(broken).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("BACKUP_INVALID") });
      expect(existsSync(restored)).toBe(false);
      writeFileSync(output, content);
      expect((await drum(["hub", "restore", "--input", output, "--data-dir", restored])).exitCode).toBe(0);
      const hub = await hubOf(folder, [], "restored");
      await predicts(hub, 10).finally(() => hub.stop());
      expect((await audited(restored)).map(({ action }) => action)).toContain("hub.restore");
      const none = await drum([
        "hub",
        "backup",
        "--data-dir",
        path.join(folder, "no"),
        "--output",
        `${output}2`,
      ]);
      expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("STORE_UNUSABLE") });
      expect(readdirSync(folder).sort()).toEqual(["backup.tar.gz", "restored"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("drum hub import", () => {
  let folder: string;
  let file: string;
  let hub: Server;
  const importing = (
    variables: Record<string, string> = { DRUM_TOKEN: admin },
    words: readonly string[] = [],
  ) => drum(["hub", "import", file, "--address", new URL(hub.url).host, ...words], variables);
  beforeAll(async () => {
    folder = folderOfModels();
    file = path.join(folder, "models.yaml");
    hub = await hubOf(folder);
  });
  afterAll(async () => {
    await hub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("brings in what is new, what differs, and nothing twice", async () => {
    const first = await importing();
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toContain(`Ten (${times10}), Twenty (${times20})`);
    expect(first.stdout).toContain(`imported deployment imported (${imported})`);
    // The command waits until the deployment is loaded.
    expect(await predicted(hub)).toBe(10);
    const lines = await audited(path.join(folder, "data"));
    expect(lines.map(({ action }) => action).slice(-5)).toEqual([
      "project.create",
      "model.create",
      "model.create",
      "import",
      "deployment.create",
    ]);

    const token = path.join(folder, "admin.token");
    writeFileSync(token, `${admin}\n`);
    const second = await importing({}, ["--token-file", token]);
    expect(second).toMatchObject({ exitCode: 0, stdout: "imported nothing: the hub has all of it\n" });
    expect(await audited(path.join(folder, "data"))).toHaveLength(lines.length);

    // The code at the same place has changed.
    writeModel(path.join(folder, "times10"), 1000);
    const third = await importing();
    expect(third).toMatchObject({
      exitCode: 0,
      stdout: `imported deployment imported (${imported}): the changed code of its model\n`,
    });
    expect(await predicted(hub)).toBe(1000);

    // The code is at another place.
    writeModel(path.join(folder, "moved"), 7);
    writeFileSync(file, readFileSync(file, "utf8").replace("codeDirectory: times10", "codeDirectory: moved"));
    const fourth = await importing();
    expect(fourth.stdout).toContain(`Ten (${times10})\n`);
    expect(await predicted(hub)).toBe(7);
    expect((await audited(path.join(folder, "data"))).slice(-3)).toMatchObject([
      {
        action: "model.change",
        objectId: times10,
        user: "admin",
        details: { codeDirectory: path.join(folder, "moved") },
      },
      { action: "import", user: "admin", details: { ids: [times10] } },
      { action: "deployment.renew", objectId: imported, user: "admin" },
    ]);
    expect((await importing()).stdout).toBe("imported nothing: the hub has all of it\n");
  });

  it("goes on with the old code if the new one cannot be loaded, and says why", async () => {
    const before = await predicted(hub);
    const code = path.join(folder, "moved", "custom.py");
    const good = readFileSync(code);
    writeFileSync(code, "import nothing_of_this_name\n\ndef load_model(code_dir):\n    return 1\n");
    const { exitCode, stderr } = await importing();
    expect(stderr).toContain("nothing_of_this_name");
    expect(exitCode).toBe(3);
    expect(await predicted(hub)).toBe(before);
    writeFileSync(code, good);
    expect((await importing()).exitCode).toBe(0);
  });

  it("is refused in words, with the exit codes of a start", async () => {
    const told = async (variables: Record<string, string>, words: readonly string[] = []) => {
      const { exitCode, stderr, stdout } = await importing(variables, words);
      expect(stdout).toBe("");
      return `${exitCode} ${stderr}`;
    };
    expect(await told({ DRUM_TOKEN: "" })).toContain(
      "2 drum: USAGE: an import needs the token of an administrator",
    );
    expect(await told({ DRUM_TOKEN: "wrong-wrong-wrong-wrong" })).toContain("1 drum: TOKEN_INVALID");
    const bob = await tokenOf(path.join(folder, "data"), ["--user", "bob"]);
    expect(await told({ DRUM_TOKEN: bob })).toContain(
      "1 drum: RIGHT_MISSING: only an administrator may import",
    );
    const before = readFileSync(file, "utf8");
    const with_ = async (text: string) => {
      writeFileSync(file, text);
      return told({ DRUM_TOKEN: admin });
    };
    expect(await with_("projects: [")).toMatch(/^1 drum: METADATA_INVALID: .*models.yaml is not valid YAML/);
    expect(await with_("project: []")).toContain("1 drum: METADATA_INVALID");
    expect(await with_(before.replace("codeDirectory: times20", "codeDirectory: nowhere"))).toMatch(
      /^2 drum: CODE_DIRECTORY_MISSING/,
    );
    mkdirSync(path.join(folder, "empty"));
    expect(await with_(before.replace("codeDirectory: times20", "codeDirectory: empty"))).toMatch(
      /^3 drum: CODE_DIRECTORY_EMPTY/,
    );
    const unknown = `deployments:\n  - {label: lost, modelId: "${"f".repeat(24)}"}\n`;
    expect(await with_(unknown)).toContain("neither in the file nor in the hub");
    expect(await with_(`${before}  - {label: odd, modelId: "${times20}", importance: HUGE}\n`)).toContain(
      "importance of odd must be one of",
    );
    writeFileSync(file, before);
    const count = (await ask(`${hub.url}/api/v2/deployments/`, admin)).body.totalCount;
    expect(count).toBe(1);

    const missing = await drum(
      ["hub", "import", path.join(folder, "none.yaml"), "--address", new URL(hub.url).host],
      { DRUM_TOKEN: admin },
    );
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("INPUT_FILE_MISSING") });
    const away = await drum(["hub", "import", file, "--address", `127.0.0.1:${await freePort()}`], {
      DRUM_TOKEN: admin,
    });
    expect(away).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no hub responds at") });
  });
});

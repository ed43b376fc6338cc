// Backups: what is in them comes back, what is damaged or made to harm is refused, and nothing is left behind on failure.

import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Catalog } from "../registry/catalog.js";
import { Users } from "../registry/users.js";
import { openStore, storeName } from "../store/store.js";
import { backUp } from "./backup.js";
import { isInside, pathInData } from "./layout.js";
import { restore } from "./restore.js";

const { signal } = new AbortController();
let root: string;
let data: string;
let file: string;
let restored: string;
beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "drum-backup-"));
  [data, file, restored] = ["data", "hub.tar.gz", "restored"].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(data);
  const store = await openStore(data);
  await new Users(store).begin("0123456789abcdef");
  await store.close();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const rightHead = '{"format":1,"madeBy":"drum","madeAt":"now","dataDirectories":["/data"]}';

/** A backup of these entries, with a right head and a right store unless it is told otherwise. */
async function archive(
  entries: readonly (Partial<Header> & { name: string; content?: string | Buffer })[],
  { head = rightHead, store = true } = {},
): Promise<void> {
  const tar = pack();
  tar.entry({ name: "backup.json" }, head);
  if (store) tar.entry({ name: "data/hub.sqlite" }, readFileSync(path.join(data, storeName)));
  for (const { content = "", ...header } of entries)
    if (header.type === undefined || header.type === "file") tar.entry(header, content);
    else tar.entry(header);
  tar.finalize();
  writeFileSync(file, gzipSync(await buffer(tar as unknown as NodeJS.ReadableStream)));
}

describe("a backup", () => {
  it("brings back the store, files, folders, rights, times and links", async () => {
    mkdirSync(path.join(data, "files", "deep", "ä ö"), { recursive: true });
    const large = Buffer.alloc(3_000_000, "0123456789");
    writeFileSync(path.join(data, "files", "deep", "ä ö", "large.bin"), large);
    writeFileSync(path.join(data, "files", "empty"), "");
    writeFileSync(path.join(data, "files", `${"long".repeat(50)}.txt`), "long", { mode: 0o750 });
    mkdirSync(path.join(data, "nothing"));
    symlinkSync("deep/ä ö/large.bin", path.join(data, "files", "link"));
    symlinkSync("/etc/passwd", path.join(data, "files", "outside"));
    const { files, size, leftOut } = await backUp(data, file, signal);
    expect(files).toBe(4);
    expect(size).toBeGreaterThan(large.length);
    expect(leftOut).toEqual(["files/outside, a link that leads outside"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect((await restore(file, restored, signal)).files).toBe(4);
    expect(readFileSync(path.join(restored, "files", "link")).equals(large)).toBe(true);
    expect(readlinkSync(path.join(restored, "files", "link"))).toBe("deep/ä ö/large.bin");
    expect(readFileSync(path.join(restored, "files", "empty"), "utf8")).toBe("");
    expect(statSync(path.join(restored, "nothing")).isDirectory()).toBe(true);
    const name = path.join("files", `${"long".repeat(50)}.txt`);
    expect(statSync(path.join(restored, name)).mode & 0o777).toBe(0o750);
    expect(Math.floor(statSync(path.join(restored, name)).mtimeMs / 1000)).toBe(
      Math.floor(statSync(path.join(data, name)).mtimeMs / 1000),
    );
    const store = await openStore(restored, { mustExist: true });
    expect(await new Users(store).find("0123456789abcdef")).toMatchObject({ name: "admin" });
    await store.close();
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz", "restored"]);
  });

  it("moves the paths in the store that lead into the data directory", async () => {
    const linked = path.join(root, "linked");
    symlinkSync(data, linked);
    const store = await openStore(data);
    const project = { id: "p", name: data, target: null, targetType: "", createdAt: "" };
    const model = (id: string, codeDirectory: string, trainingData: string | null) => ({
      ...{ id, projectId: "p", type: data, codeDirectory, targetType: "", targetName: null, labels: "[]" },
      ...{ trainingData, position: 0, createdAt: "", parametersFile: null, predictionThreshold: null },
    });
    const models = [
      model("a", path.join(data, "files", "a%_'"), path.join(data, "files", "ä.csv")),
      model("b", `${data}2/code`, null),
      model("c", path.join(linked, "code"), "/elsewhere.csv"),
    ];
    await new Catalog(store).put({ id: "" }, [project], models);
    await store.close();
    await backUp(linked, file, signal);
    await restore(file, restored, signal);
    const after = await openStore(restored, { mustExist: true });
    const paths = (await new Catalog(after).models("p"))
      .toSorted((one, other) => one.id.localeCompare(other.id))
      .map(({ codeDirectory, trainingData, type }) => ({ codeDirectory, trainingData, type }));
    await after.close();
    expect(paths).toEqual([
      {
        codeDirectory: path.join(restored, "files", "a%_'"),
        trainingData: path.join(restored, "files", "ä.csv"),
        type: data,
      },
      { codeDirectory: `${data}2/code`, trainingData: null, type: data },
      { codeDirectory: path.join(restored, "code"), trainingData: "/elsewhere.csv", type: data },
    ]);
  });

  it("takes no name that is taken, and leaves nothing behind when it cannot be written", async () => {
    writeFileSync(file, "precious");
    await expect(backUp(data, file, signal)).rejects.toThrow("is there already; choose another name");
    expect(readFileSync(file, "utf8")).toBe("precious");
    await expect(backUp(data, path.join(root, "no", "where"), signal)).rejects.toThrow("cannot be written");
    await expect(backUp(path.join(root, "none"), path.join(root, "x"), signal)).rejects.toThrow(
      "name the --data-dir of a hub that was started once",
    );
    await expect(backUp(data, path.join(root, "x"), AbortSignal.abort())).rejects.toThrow();
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
  });
});

describe("a restore", () => {
  it.each([
    ["a path upwards", [{ name: "data/../evil" }], "leads outside of the data directory"],
    ["a deep path upwards", [{ name: "data/a/../../../evil" }], "leads outside of the data directory"],
    ["an absolute path", [{ name: "/tmp/evil" }], "leads outside of the data directory"],
    ["a path beside the data", [{ name: "evil" }], "leads outside of the data directory"],
    ["an empty part", [{ name: "data//evil" }], "leads outside of the data directory"],
    ["a link upwards", [{ name: "data/a", type: "symlink", linkname: "../evil" }], "data directory"],
    ["an absolute link", [{ name: "data/a", type: "symlink", linkname: "/etc" }], "data directory"],
    ["a hard link", [{ name: "data/a", type: "link", linkname: "data/hub.sqlite" }], "but a link"],
    ["a device", [{ name: "data/a", type: "character-device" }], "but a character-device"],
    ["a name twice", [{ name: "data/a" }, { name: "data/a" }], "has a twice"],
    ["a store twice", [{ name: "data/hub.sqlite" }], "has hub.sqlite twice"],
  ] as [string, (Partial<Header> & { name: string })[], string][])(
    "refuses %s",
    async (_title, entries, words) => {
      await archive([{ name: "data/before", content: "fine" }, ...entries]);
      await expect(restore(file, restored, signal)).rejects.toThrow(words);
      expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
    },
  );

  it("writes nothing through a link", async () => {
    await archive([
      { name: "data/inner", type: "directory" },
      { name: "data/link", type: "symlink", linkname: "inner" },
      { name: "data/link/file", content: "x" },
    ]);
    // The folder is made for the file, so there is no place for the link.
    await expect(restore(file, restored, signal)).rejects.toThrow("EEXIST");
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
  });

  it.each([
    ["no head", "[]", true, "its backup.json is not one of a hub"],
    ["no JSON", "{", true, "its backup.json is not one of a hub"],
    [
      "a newer format",
      '{"format":2,"madeBy":"drum 9.9.9"}',
      true,
      "made by a newer drum (drum 9.9.9, format 2",
    ],
    ["a long head", " ".repeat(70_000), true, "its backup.json is too large"],
    ["half a head", '{"format":1}', true, "its backup.json is not one of a hub"],
    ["no store", rightHead, false, "it has no store hub.sqlite"],
  ])("refuses one with %s", async (_title, head, store, words) => {
    await archive([], { head, store });
    await expect(restore(file, restored, signal)).rejects.toThrow(words);
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
  });

  it("refuses what is none, and what is cut off or damaged", async () => {
    await backUp(data, file, signal);
    const whole = readFileSync(file);
    for (const kept of [0, 1, 10, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      truncateSync(file, 0);
      writeFileSync(file, whole.subarray(0, kept));
      await expect(restore(file, restored, signal), `${kept} bytes`).rejects.toThrow(
        /damaged or no \.tar\.gz|it is empty/,
      );
    }
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)]! ^= 0xff;
    writeFileSync(file, flipped);
    await expect(restore(file, restored, signal)).rejects.toThrow(/damaged/);
    writeFileSync(file, gzipSync("no tar at all ".repeat(100)));
    await expect(restore(file, restored, signal)).rejects.toThrow("damaged or no .tar.gz");
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
  });

  it("refuses a store that is damaged", async () => {
    const store = path.join(data, storeName);
    const content = readFileSync(store);
    content.fill(0xaa, 4096, 12_288);
    writeFileSync(store, content);
    await archive([]);
    await expect(restore(file, restored, signal)).rejects.toThrow("its store is damaged");
    expect(existsSync(restored)).toBe(false);
  });

  it("touches no folder that holds a hub, or anything else", async () => {
    await archive([]);
    await expect(restore(file, data, signal)).rejects.toThrow("it holds a hub already");
    mkdirSync(restored);
    writeFileSync(path.join(restored, "own"), "x");
    await expect(restore(file, restored, signal)).rejects.toThrow("it is not empty");
    await expect(restore(file, path.join(restored, "own"), signal)).rejects.toThrow("cannot be made");
    rmSync(path.join(restored, "own"));
    await restore(file, restored, signal);
    expect(lstatSync(path.join(restored, storeName)).isFile()).toBe(true);
  });

  it("makes the folders above, and removes them again if it fails", async () => {
    const deep = path.join(root, "a", "b", "c");
    await archive([{ name: "data/../evil" }]);
    await expect(restore(file, deep, signal)).rejects.toThrow("leads outside");
    expect(existsSync(path.join(root, "a"))).toBe(false);
    await archive([]);
    await restore(file, deep, signal);
    expect(readdirSync(path.dirname(deep))).toEqual(["c"]);
  });
});

describe("when they are stopped", () => {
  it("a backup and a restore leave nothing behind", async () => {
    writeFileSync(path.join(data, "large"), randomBytes(20_000_000));
    const stopped = (work: (signal: AbortSignal) => Promise<unknown>) => {
      const stopping = new AbortController();
      setImmediate(() => stopping.abort());
      return expect(work(stopping.signal)).rejects.toThrow(/aborted/);
    };
    await stopped((stop) => backUp(data, file, stop));
    expect(readdirSync(root)).toEqual(["data"]);
    await backUp(data, file, signal);
    await stopped((stop) => restore(file, restored, stop));
    expect(readdirSync(root).sort()).toEqual(["data", "hub.tar.gz"]);
  });
});

describe("paths of a backup", () => {
  it("lead into the data directory", () => {
    expect(pathInData("data/a/b.txt")).toBe("a/b.txt");
    expect(pathInData("data/a/")).toBe("a");
    for (const name of ["data/", "data", "data/.", "data/a/./b", "data/a\\..\\b", "data/a\0b", "dat/a", ""])
      expect(() => pathInData(name), name).toThrow("outside");
    expect(isInside("a/b", "../c")).toBe(true);
    expect(isInside("a/b", "../../c")).toBe(false);
    expect(isInside("a", "..")).toBe(false);
    expect(isInside("a", "/b")).toBe(false);
    expect(isInside("a", "..b")).toBe(true);
  });
});

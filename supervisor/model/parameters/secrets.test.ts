import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mask } from "../../masking.js";
import { readUserSecrets } from "./secrets.js";

function mount(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-secrets-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const read = (secretsMountPath?: string, secretsPrefix?: string, environment: Record<string, string> = {}) =>
  readUserSecrets({ secretsMountPath, secretsPrefix }, environment);

const basic = { credential_type: "basic", username: "who-it-is", password: "from-the-mount" };
const token = { credential_type: "api_token", api_token: "from-a-prefix" };

describe("readUserSecrets", () => {
  it("gives none without options, and none from a missing folder", () => {
    expect(read(undefined, undefined, { SECRET_A: "x" })).toEqual({});
    expect(read("/no/such/folder")).toEqual({});
  });

  it("gives one per file, named like the file, and masks it from then on", () => {
    expect(read(mount({ database: JSON.stringify(basic) }))).toEqual({ database: basic });
    expect(mask("basic: who-it-is, from-the-mount")).toBe("basic: *****, *****");
  });

  it("reads a mount as clusters make it: links next to folders that begin with a dot", () => {
    const folder = mount({});
    mkdirSync(path.join(folder, "..data"));
    writeFileSync(path.join(folder, "..data", "database"), JSON.stringify(basic));
    symlinkSync(path.join("..data", "database"), path.join(folder, "database"));
    mkdirSync(path.join(folder, "folder"));
    expect(read(folder)).toEqual({ database: basic });
  });

  it("gives one per variable with the prefix, named without the prefix", () => {
    const variables = { MINE_token: JSON.stringify(token), MINEtoken: "x", OTHER_token: "x" };
    expect(read(undefined, "MINE", variables)).toEqual({ token });
    expect(mask("from-a-prefix")).toBe("*****");
  });

  it("prefers a mounted secret to a variable", () => {
    const variables = { MINE_one: JSON.stringify(token), MINE_two: JSON.stringify(token) };
    expect(read(mount({ one: JSON.stringify(basic) }), "MINE", variables)).toEqual({
      one: basic,
      two: token,
    });
  });

  it.each(["", "hush", "[]", '"hush"', "null", '{"password":"hush"}', '{"credential_type":1}'])(
    "rejects %j, naming its source without showing it",
    (text) => {
      const folder = mount({ broken: text });
      for (const [refuse, source] of [
        [() => read(folder), path.join(folder, "broken")],
        [() => read(undefined, "MINE", { MINE_broken: text }), "the variable MINE_broken"],
      ] as const) {
        expect(refuse).toThrow(source);
        expect(refuse).toThrow(expect.objectContaining({ code: "SECRETS_INVALID" }));
        expect(refuse).toThrow(/^(?!.*hush)/s);
      }
    },
  );
});

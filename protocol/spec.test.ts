import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wireErrorCodes } from "./messages.js";

const spec = readFileSync(new URL("SPEC.md", import.meta.url), "utf8");

test("section 9 of SPEC.md lists exactly the codes in messages.ts, in the same order", () => {
  const section = spec.slice(spec.indexOf("\n## 9. "), spec.indexOf("\n## 10. "));
  const codes = [...section.matchAll(/^\| `([A-Z_0-9]+)`/gm)].map(([, code]) => code);
  expect(codes).toEqual([...wireErrorCodes]);
});

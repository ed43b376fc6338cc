// The paths of uploaded files below the code directory that they become.

import { realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { DrumError } from "../../errors.js";

/** Bytes of a whole path, and of one of its names. */
const longestPath = 1024;
const longestName = 255;

/** Throws UPLOAD_REFUSED for a path that leads outside, and for those that not every system can keep. */
export function checkPath(path: string): void {
  const why = whyUnfit(path);
  if (why !== undefined)
    throw refusal(
      `the path ${JSON.stringify(path.slice(0, 200))} ${why}; send one below the code directory, such as lib/tools.py`,
    );
}

function whyUnfit(path: string): string | undefined {
  if (path === "") return "is empty";
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${longestPath} bytes`;
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(path)) return "is absolute";
  if (path.includes("\\")) return "has a backslash, where a slash is expected";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u001f\u007f]/.test(path)) return "has control characters";
  const names = path.split("/");
  if (names.includes("..")) return "leads outside";
  if (names.some((name) => name === "" || name === ".")) return "has an empty name or a lone dot";
  if (names.some((name) => Buffer.byteLength(name) > longestName))
    return `has a name of more than ${longestName} bytes`;
  return undefined;
}

/** Throws UPLOAD_REFUSED if two are the same, or one is a folder of another. */
export function checkTogether(paths: readonly string[]): void {
  const all = new Set<string>();
  for (const path of paths) {
    if (all.has(path)) throw refusal(`the path ${path} was sent twice; send each file once`);
    all.add(path);
  }
  for (const path of paths)
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      const folder = path.slice(0, at);
      if (all.has(folder))
        throw refusal(`${folder} is a file, and the folder of ${path}; rename one of them`);
    }
}

/** A stored file. Throws UPLOAD_REFUSED if a model has put a link or a folder in its place: models write where they like. */
export function storedFile(folder: string, path: string): string {
  const file = join(folder, path);
  const isOwn =
    statSync(file, { throwIfNoEntry: false })?.isFile() === true &&
    realpathSync(file) === `${realpathSync(folder)}${sep}${path}`;
  if (isOwn) return file;
  throw refusal(`${path} is not the file any more that was stored; make a new version of all files`);
}

export function refusal(message: string): DrumError {
  return new DrumError("UPLOAD_REFUSED", message);
}

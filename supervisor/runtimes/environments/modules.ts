// Finds the modules that a model's files mention: pickles contain the names of their modules as plain bytes, hook files import them.

import { createReadStream } from "node:fs";

/** The `modules` whose names occur in any of the files, in the given order. Ignores files that cannot be read. */
export async function findModules(files: readonly string[], modules: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const file of files) await searchFile(file, { modules, found });
  return modules.filter((module) => found.has(module));
}

interface Search {
  modules: readonly string[];
  found: Set<string>;
}

/** Reads in chunks, since artifacts may be larger than memory. A name may cross the border of two chunks. */
async function searchFile(file: string, { modules, found }: Search): Promise<void> {
  const overlap = Math.max(0, ...modules.map((module) => module.length - 1));
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
      const bytes = Buffer.concat([tail, chunk]);
      for (const module of modules) if (!found.has(module) && bytes.includes(module)) found.add(module);
      if (found.size === modules.length) return;
      tail = bytes.subarray(Math.max(0, bytes.length - overlap));
    }
  } catch {
    // The worker opens the file next and reports the error.
  }
}

// The files of a new environment: those of an environment there is, so changed that they work in a folder anywhere.

import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../../runtimes/environments/catalogue.js";

/** Where the Dockerfile puts what lies beside it. */
const imageFolder = "/opt/environment";

/** Copies the description into `folder`, an empty one; it goes by `name`. */
export async function writeEnvironment(source: Environment, name: string, folder: string): Promise<void> {
  await cp(source.folder, folder, { recursive: true, filter: (file) => !file.endsWith(".tgz") });
  const rewrite = async (file: string, change: (text: string) => string) => {
    const place = path.join(folder, file);
    await writeFile(place, change(await readFile(place, "utf8")));
  };
  const description = JSON.parse(await readFile(path.join(folder, "environment.json"), "utf8"));
  if (description.made_of) {
    // Its folders are named as seen from the package's own environments.
    const { made_of: _, ...rest } = description;
    await rewrite("environment.json", () => `${JSON.stringify(rest, undefined, 2)}\n`);
  }
  await rewrite("Dockerfile", (text) => dockerfileOf(text, source, name));
  for (const file of (description.files ?? []) as string[]) {
    if (file.endsWith(".sh")) await rewrite(file, (text) => scriptOf(text, source));
  }
  await chmod(path.join(folder, "start_server.sh"), 0o755);
}

/** The package's workers are not two folders up any more. */
function scriptOf(text: string, { name }: Environment): string {
  return text
    .replace(/ \.\.\/\.\.\/(workers\/\w+)/g, ' "$DRUM_PACKAGE_FOLDER/$1"')
    .replaceAll("$here/../../workers/", "$DRUM_PACKAGE_FOLDER/workers/")
    .replaceAll(`drum environment install ${name}`, "drum environment install $here");
}

/** Its first lines name the environment; what installs one of the package by its name takes the folder instead. */
function dockerfileOf(text: string, { name: from, language }: Environment, name: string): string {
  return text
    .replace(/^(# The environment )\S+/, `$1${name}`)
    .replace(/^(#.* --pack-destination )\S+/m, `$1${name}`)
    .replace(/^(#.* --tag )\S+ \S+/m, `$1${name} ${name}`)
    .replace(/^(#.*=regression )\S+/m, `$1${name}`)
    .replace(
      `RUN drum environment install ${from} `,
      `COPY . ${imageFolder}/\nENV DRUM_RUNTIME=${language}=${imageFolder}\nRUN drum environment install ${imageFolder} `,
    );
}

// The files of a new environment: those of an existing environment, changed to work in any folder, and the files that an image of it
// needs.

import { existsSync } from "node:fs";
import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../../runtimes/environments/catalogue.js";

/** Copies the description of `source` into the empty folder `folder`, under the new name. */
export async function writeEnvironment(source: Environment, name: string, folder: string): Promise<void> {
  await cp(source.folder, folder, { recursive: true });
  const rewrite = async (file: string, change: (text: string) => string) => {
    const place = path.join(folder, file);
    await writeFile(place, change(await readFile(place, "utf8")));
  };
  const description = JSON.parse(await readFile(path.join(folder, "environment.json"), "utf8"));
  if (description.made_of) {
    // Its folders are relative to the package's own environments.
    const { made_of: _, ...rest } = description;
    await rewrite("environment.json", () => `${JSON.stringify(rest, undefined, 2)}\n`);
  }
  for (const file of (description.files ?? []) as string[]) {
    if (file.endsWith(".sh")) await rewrite(file, (text) => scriptOf(text, source));
  }
  await writeImageFiles(source, name, folder);
}

/** A user's environment already has these files, possibly changed. The package's environments share one Dockerfile. */
async function writeImageFiles(source: Environment, name: string, folder: string): Promise<void> {
  const dockerfile = path.join(folder, "Dockerfile");
  const text = existsSync(dockerfile)
    ? renamed(await readFile(dockerfile, "utf8"), name)
    : dockerfileOf(source, name);
  await writeFile(dockerfile, text);
  const startScript = path.join(folder, "start_server.sh");
  if (!existsSync(startScript)) {
    await cp(path.join(source.packageDirectory, "container", "start_server.sh"), startScript);
  }
  await chmod(startScript, 0o755);
}

/** The package's workers are no longer two folders up. */
function scriptOf(text: string, { name }: Environment): string {
  return text
    .replace(/ \.\.\/\.\.\/(workers\/\w+)/g, ' "$DRUM_PACKAGE_FOLDER/$1"')
    .replaceAll("$here/../../workers/", "$DRUM_PACKAGE_FOLDER/workers/")
    .replaceAll(`drum environment install ${name}`, "drum environment install $here");
}

/** The image is that of the language, plus the folder. */
function dockerfileOf({ name: from, language }: Environment, name: string): string {
  return `# The environment ${name} as an image: it serves the model at /opt/code on port 8080. Run in the folder above this one:
#
#   docker build --build-arg ENVIRONMENT=${from} --target drumline --tag drumline:${language} DRUMLINE
#   docker build --tag ${name} ${name}
#   docker run --publish 8080:8080 --volume "$PWD/my_model:/opt/code:ro" --env TARGET_TYPE=regression ${name}
#
# DRUMLINE is a clone of drumline; its docs/docker.md says more.
FROM drumline:${language}
COPY . /opt/environment/
COPY start_server.sh /opt/container/
COPY start_server.sh /opt/code/
ENV DRUM_RUNTIME=${language}=/opt/environment
RUN sh /opt/container/install.sh environments /opt/environment
USER 1001
`;
}

/** Replaces the name of the environment in the first lines. */
function renamed(text: string, name: string): string {
  return text
    .replace(/^(# The environment )\S+/, `$1${name}`)
    .replace(/^(#.* --tag )[\w.-]+ [\w.-]+$/m, `$1${name} ${name}`)
    .replace(/^(#.*=regression )\S+/m, `$1${name}`);
}

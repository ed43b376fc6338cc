// `drum doctor`: reports for each language what was found, what is missing, and the command that installs it.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../errors.js";
import { type Places, supportedNode, version } from "../../places.js";
import { isAtLeast } from "../../processes/interpreter.js";
import { examineLanguage, type LanguageReport } from "../../runtimes/doctor/doctor.js";
import { readLanguages } from "../../runtimes/language.js";
import { coloured } from "../terminal/colours.js";
import { formatTable } from "../terminal/table.js";

interface Report {
  version: string;
  node: { version: string; minimum: string; ok: boolean };
  /** Where environments are installed. */
  data: { folder: string; ok: boolean; fault: string | null };
  languages: LanguageReport[];
}

/** Resolves with 0 if Node is recent enough and models of at least one language can run. */
export async function doctor({ json, places }: { json: boolean; places: Places }): Promise<number> {
  const languages: LanguageReport[] = [];
  for (const language of readLanguages(places.workerFolders)) {
    languages.push(await examineLanguage(language, places));
  }
  const minimum = supportedNode();
  const node = { version: process.versions.node, minimum, ok: isAtLeast(process.versions.node, minimum) };
  const report: Report = { version: version(), node, data: examineData(places.dataDirectory), languages };
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : inWords(report));
  return node.ok && languages.some(({ usable }) => usable) ? 0 : 1;
}

/** Environments can only be installed in a folder that is writable, or that can be created. */
function examineData(folder: string): Report["data"] {
  let existing = path.resolve(folder);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const remedy = "choose another folder with DRUM_HOME";
  if (!statSync(existing).isDirectory()) {
    return { folder, ok: false, fault: `${existing} is not a folder; ${remedy}` };
  }
  try {
    accessSync(existing, constants.W_OK);
    return { folder, ok: true, fault: null };
  } catch (error) {
    return { folder, ok: false, fault: `${messageOf(error)}; ${remedy}` };
  }
}

function inWords({ version, node, data, languages }: Report): string {
  const rows = [
    [
      mark(node.ok),
      `drum ${version}`,
      `Node ${node.version}`,
      node.ok ? "" : `needs ${node.minimum} or later`,
    ],
    [mark(data.ok), "environments", data.folder, data.fault ?? ""],
  ];
  return [formatTable(rows), ...languages.map(languageInWords)].join("\n");
}

function languageInWords(report: LanguageReport): string {
  const { language, usable, interpreters, environments, checks } = report;
  const rows = [
    ...interpreters.map((one) => [
      mark(one.usable && one.complete, one.usable),
      "interpreter",
      [one.path, one.version].filter(Boolean).join(" "),
      one.fault ?? one.packages ?? "",
    ]),
    ...environments.map((one) => [
      mark(one.usable && one.complete, !one.installed || one.usable),
      "environment",
      one.name + (one.version ? ` (${language} ${one.version})` : ""),
      one.found + (one.remedy ? `: ${one.remedy}` : ""),
    ]),
    ...checks.map((one) => [
      mark(one.ok, !one.required),
      "check",
      one.name,
      one.ok ? one.found : `missing, so ${one.why}: ${one.remedy}`,
    ]),
  ];
  if (interpreters.length === 0) rows.unshift(["-", "interpreter", "none on PATH", ""]);
  const title = `${mark(usable)} ${language}: ${verdict(report)}\n`;
  return title + formatTable(rows.map((row) => ["", ...row]));
}

function verdict({ usable, remedy, interpreters, environments }: LanguageReport): string {
  if (!usable) return `models cannot run: ${remedy}`;
  const running = [...environments, ...interpreters].filter((one) => one.usable);
  if (!running.some(({ complete }) => complete)) {
    const [install] = environments.flatMap((one) => one.remedy ?? []);
    return `models run, but with ${running[0]?.packages}${install ? `: ${install}` : ""}`;
  }
  const hasEnvironment = environments.length === 0 || environments.some((one) => one.usable);
  return hasEnvironment ? "models run" : "models run with the interpreter's own packages";
}

/** A dash for something that is missing but optional. */
function mark(ok: boolean, isOptional = false): string {
  return coloured(ok ? "✓" : isOptional ? "-" : "✗");
}

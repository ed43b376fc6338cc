// Parses the text of options into numbers, times, sizes, files and addresses. Throws USAGE for invalid text.

import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { DrumError, usage } from "../../errors.js";
import type { Address, Option } from "../options/option.js";

/** An option's value from the command line, a variable or a default. */
export type Given = string | string[] | number | boolean;

/** Parses a value according to the option's kind. Throws USAGE that names the option, or the variable that gave the value. */
export function parseValue(option: Option, value: Given, variable?: string): unknown {
  const name = variable === undefined ? `--${option.name}` : `the variable ${variable}`;
  if (option.once && Array.isArray(value) && value.length > 1) {
    throw usage(`${name} was given ${value.length} times; give it once`);
  }
  const text = Array.isArray(value) ? value.join(" ") : String(value);
  if (option.choices && !option.choices.includes(text)) {
    throw usage(`${name} must be one of ${option.choices.join(", ")}, got "${text}"`);
  }
  switch (option.kind) {
    case "flag":
      return typeof value === "boolean" ? value : parseBoolean(option, text);
    case "texts":
      return Array.isArray(value) ? value : [text];
    case "count":
      return parseCount(name, text);
    case "port":
      return parsePort(name, text);
    case "number":
      return parseNumber(name, text);
    case "seconds":
      return parseSeconds(name, text);
    case "bytes":
      return parseBytes(name, text);
    case "space":
      return parseSpace(name, text);
    case "rows":
      return parseRows(text);
    case "address":
      return parseAddress(text, name, option.usualPort);
    case "directory":
    case "file":
      return existing(option, text);
    case "directories":
      return [value].flat().map((one) => existing(option, String(one)));
    case "path":
      return path.resolve(text);
    default:
      return text;
  }
}

export function isTrue(text: string): boolean {
  return ["true", "yes", "on", "1", "t", "y"].includes(text.toLowerCase());
}

function parseBoolean(option: Option, text: string): boolean {
  if (isTrue(text)) return true;
  if (["false", "no", "off", "0", "f", "n"].includes(text.toLowerCase())) return false;
  throw usage(`${option.variable} must be true or false, got "${text}"`);
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw usage(`${name} must be a whole number above 0, got "${text}"`);
  }
  return count;
}

function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw usage(`${name} must be a port from 1 to 65535, got "${text}"`);
}

/** Undefined for ALL. */
function parseRows(text: string): number | undefined {
  return text.toUpperCase() === "ALL" ? undefined : parseCount("--num-rows", text);
}

function parseNumber(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0))
    throw usage(`${name} must be a number of 0 or more, got "${text}"`);
  return number;
}

function parseSeconds(name: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0) || seconds > 1_000_000) {
    throw usage(`${name} must be a number of seconds above 0, got "${text}"`);
  }
  return seconds * 1000;
}

/** Of what is held in memory. */
function parseBytes(name: string, text: string): number {
  const bytes = bytesIn(text);
  if (bytes < 1 || bytes > 2 ** 32 - 2 ** 20) {
    throw usage(`${name} must be a size like 64MB, below 4GB, got "${text}"`);
  }
  return bytes;
}

/** On a disk. */
function parseSpace(name: string, text: string): number {
  const bytes = bytesIn(text);
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw usage(`${name} must be a size like 10GB, got "${text}"`);
}

/** 0 if the text is no size. */
function bytesIn(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?$/i.exec(text.trim());
  const units: Record<string, number> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };
  return match ? Math.floor(Number(match[1]) * units[(match[2] ?? "b").toLowerCase()]!) : 0;
}

function existing(option: Option, text: string): string {
  // The name for standard input, and no file in this folder.
  if (text === "-" && option.takesStandardInput) return text;
  const resolved = path.resolve(text);
  const stats = statSync(resolved, { throwIfNoEntry: false });
  const wanted = option.kind === "file" ? "a file" : "a folder";
  const found = !stats ? "nothing" : stats.isDirectory() ? "a folder" : "a file";
  if (found !== wanted) {
    throw new DrumError(
      option.kind === "file" ? "INPUT_FILE_MISSING" : "CODE_DIRECTORY_MISSING",
      `--${option.name} must name ${wanted}, found ${found} at ${resolved}; check the path`,
    );
  }
  try {
    accessSync(resolved, constants.R_OK);
  } catch {
    throw usage(`--${option.name}: ${resolved} cannot be read; check its permissions`);
  }
  return resolved;
}

/** Parses `HOST`, `HOST:PORT`, `:PORT`, `PORT` and `[IPV6]:PORT`, each with or without `http://` in front. */
export function parseAddress(text: string, name = "--address", usualPort = 8080): Address {
  const bare = text.replace(/^http:\/\//, "").replace(/\/$/, "");
  const match = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]/\s]*))(?::(?<port>\d+))?$/.exec(bare);
  const onlyPort = /^\d{1,5}$/.test(bare);
  const port = onlyPort ? Number(bare) : Number(match?.groups?.port ?? usualPort);
  if (!match || port > 65535) {
    throw usage(`${name} must be HOST[:PORT] with a port up to 65535, got "${text}"`);
  }
  const host = onlyPort ? "" : (match.groups?.six ?? match.groups?.name ?? "");
  return { host: host || "127.0.0.1", port };
}

/** Throws USAGE if two of the ports are the same. They are named by their options; undefined is none. */
export function checkPorts(ports: Readonly<Record<string, number | undefined>>): void {
  const given = Object.entries(ports).filter(([, port]) => port !== undefined);
  for (const [at, [option, port]] of given.entries()) {
    const other = given.slice(0, at).find(([, one]) => one === port);
    if (other) throw usage(`${other[0]} and ${option} are both ${port}; choose different ports`);
  }
}

/** The server's origin from OPENAI_HOST, a host name or URL, and OPENAI_PORT (default 9999); undefined without a host. */
export function parseOpenAiServer(host: string | undefined, port: string | undefined): string | undefined {
  if (!host) return undefined;
  const text = /^https?:\/\//.test(host) ? host : `http://${host}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw usage(`OPENAI_HOST must be a host such as localhost or http://localhost, got "${host}"`);
  }
  const number = port || url.port === "" ? parseCount("OPENAI_PORT", port || "9999") : Number(url.port);
  if (number > 65535) throw usage(`OPENAI_PORT must be a port up to 65535, got "${port}"`);
  url.port = String(number);
  return url.origin;
}

export function parsePrefix(text: string | undefined): string {
  const inner = (text ?? "").replace(/^\/+|\/+$/g, "");
  return inner === "" ? "" : `/${inner}`;
}

export function parseRuntimes(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1) {
      throw usage(
        `--runtime must be LANGUAGE=PATH or LANGUAGE=ENVIRONMENT, e.g. python=/usr/bin/python3, got "${text}"`,
      );
    }
    return [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** Returns `labels`. Throws USAGE, naming `source`, for fewer than two labels or a repeated one. */
export function checkLabels(labels: string[], source: string): string[] {
  if (labels.length < 2) throw usage(`${source} must give at least two labels, got ${labels.length}`);
  const repeated = labels.find((label, at) => labels.indexOf(label) !== at);
  if (repeated !== undefined) throw usage(`${source} gives the label "${repeated}" twice; keep one`);
  return labels;
}

/** Maps DRUM's level names to pino's. With --verbose, the level is at least `info`. */
export function parseLevel(level: string, verbose: boolean): string {
  const names: Record<string, string> = { warning: "warn", critical: "fatal", all: "trace" };
  const name = names[level] ?? level;
  return verbose && !["trace", "debug"].includes(name) ? "info" : name;
}

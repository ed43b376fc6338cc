// What must never be shown: secrets are told here when they are read, and no text leaves without being masked
// (log lines, errors, /info/, /stats/). Knows nothing of where secrets come from.

/** Stands where a secret was. */
export const blank = "*****";

/** Shorter ones would blank out half of every line, and are too short to be secrets. */
const shortest = 4;
/** Words that a log needs, whoever has them for a password. */
const plainWords = new Set(["true", "false", "null", "none"]);
/** These say what kind of credential it is. */
const plainKeys = new Set(["credentialType", "credential_type"]);

const secrets = new Set<string>();
let pattern: RegExp | undefined;

/** Texts and numbers of at least four characters in `value`, a credential say, or in what it holds, are masked from now on. */
export function hide(value: unknown): void {
  for (const text of textsIn(value)) {
    for (const line of text.split(/[\r\n]+/)) addForms(line.trim());
  }
}

/** The text without secrets. Costs nothing as long as there are none. */
export function mask(text: string): string {
  if (secrets.size === 0) return text;
  pattern ??= patternOf(secrets);
  return text.replace(pattern, blank);
}

/** A value of JSON with its texts masked; keys stay. */
export function maskTexts<T>(value: T): T {
  if (secrets.size === 0) return value;
  return JSON.parse(JSON.stringify(value), (_key, one) => (typeof one === "string" ? mask(one) : one));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (plainKeys.has(key) ? [] : textsIn(one)));
}

/** As it is, as it stands in JSON and in most languages' quotes, and as it stands in an address. */
function addForms(text: string): void {
  if (text.length < shortest || plainWords.has(text.toLowerCase())) return;
  const forms = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(Buffer.from(text).toString())];
  for (const form of forms) secrets.add(form);
  pattern = undefined;
}

/** Longest first: a secret may hold another. */
function patternOf(texts: ReadonlySet<string>): RegExp {
  const escaped = [...texts].sort((one, other) => other.length - one.length).map(escapeForPattern);
  return new RegExp(escaped.join("|"), "g");
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

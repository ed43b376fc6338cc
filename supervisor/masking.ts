// Masks secrets in every text that leaves the supervisor: log lines, errors, /info/, /stats/. Whoever reads a secret registers it here.

/** Replaces a secret. */
export const blank = "*****";

/** The minimum length of a secret. Masking shorter texts would blank out half of every line. */
const shortest = 4;
/** Words that are never masked, since logs need them. */
const plainWords = new Set(["true", "false", "null", "none"]);
/** Keys of a credential whose values are not secret. */
const plainKeys = new Set(["credentialType", "credential_type"]);

const secrets = new Set<string>();
let pattern: RegExp | undefined;

/** From now on, masks all texts and numbers of at least four characters in `value`, such as a credential. */
export function hide(value: unknown): void {
  for (const text of textsIn(value)) {
    for (const line of text.split(/[\r\n]+/)) addForms(line.trim());
  }
}

/** Replaces the secrets in a text. Costs nothing if there are none. */
export function mask(text: string): string {
  if (secrets.size === 0) return text;
  pattern ??= patternOf(secrets);
  return text.replace(pattern, blank);
}

/** A copy of a JSON value with its texts masked, but not its keys. */
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

/** Adds a secret as it is, as it is quoted in JSON and most languages, and as it is encoded in a URL. */
function addForms(text: string): void {
  if (text.length < shortest || plainWords.has(text.toLowerCase())) return;
  const forms = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(Buffer.from(text).toString())];
  for (const form of forms) secrets.add(form);
  pattern = undefined;
}

/** Longest first, since a secret may contain another. */
function patternOf(texts: ReadonlySet<string>): RegExp {
  const escaped = [...texts].sort((one, other) => other.length - one.length).map(escapeForPattern);
  return new RegExp(escaped.join("|"), "g");
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

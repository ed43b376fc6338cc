// Type guards for values parsed from JSON or YAML, and the numbers that JSON lacks.

/** Whether the value is an object with keys, not a list and not null. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Texts are matched too, so that what is in them is passed over. */
const bareNumber = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g;

/** The text with something else in place of NaN, Infinity and -Infinity, which Python's JSON has and JSON lacks. */
export function replaceBareNumbers(text: string, replace: (found: string) => string): string {
  return text.replace(bareNumber, (found) => (found.startsWith('"') ? found : replace(found)));
}

// Type guards for values parsed from JSON or YAML.

/** Whether the value is an object with keys, not a list and not null. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

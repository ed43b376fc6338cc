// Takes JSON apart without reading it: a value is its own text. Numbers keep their digits, and repeated keys their order.

/** The members of an object, in order. The text must be valid JSON. */
export function* members(object: string): Generator<readonly [key: string, value: string]> {
  let at = pastSpace(object, 1);
  while (object[at] === '"') {
    const keyEnd = pastText(object, at);
    const key = textOf(object.slice(at, keyEnd));
    at = pastSpace(object, pastSpace(object, keyEnd) + 1);
    const end = pastValue(object, at);
    yield [key, object.slice(at, end)];
    at = pastComma(object, end);
  }
}

/** The items of an array, in order. The text must be valid JSON. */
export function* items(array: string): Generator<string> {
  let at = pastSpace(array, 1);
  while (array[at] !== "]") {
    const end = pastValue(array, at);
    yield array.slice(at, end);
    at = pastComma(array, end);
  }
}

/** What a JSON string says. */
export function textOf(text: string): string {
  return text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** The text without space around it, if it is valid JSON and not too long for a string. */
export function validJson(given: string | Buffer): string | undefined {
  try {
    const text = String(given);
    JSON.parse(text);
    return text.trim();
  } catch {
    return undefined;
  }
}

function pastSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at += 1;
  return at;
}

function pastComma(text: string, from: number): number {
  const at = pastSpace(text, from);
  return text[at] === "," ? pastSpace(text, at + 1) : at;
}

function pastText(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Counts brackets, so that depth costs no stack. */
function pastValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; ; ) {
    const found = text[at]!;
    if (found === '"') at = pastText(text, at);
    else {
      if (found === "{" || found === "[") depth += 1;
      else if (found === "}" || found === "]") depth -= 1;
      else if (depth === 0) return pastScalar(text, at);
      at += 1;
    }
    if (depth === 0) return at;
  }
}

function pastScalar(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s,\]}]/.test(text[at]!)) at += 1;
  return at;
}

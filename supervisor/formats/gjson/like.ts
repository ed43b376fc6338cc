// Wildcards and comparisons of gjson.

/** `*` matches any characters, `?` one; a backslash takes the next one literally. Takes at most the product of both lengths. */
export function like(text: string, pattern: string): boolean {
  const given = Array.from(text);
  const wanted = tokens(pattern);
  if (!wanted) return false;
  let [at, token] = [0, 0];
  /** The last star, and where what follows it was tried. */
  let star = -1;
  let tried = 0;
  while (at < given.length) {
    const one = wanted[token];
    if (one === any) [star, tried, token] = [token, at, token + 1];
    else if (one === single || (one !== undefined && one === given[at])) [at, token] = [at + 1, token + 1];
    else if (star >= 0) [token, tried, at] = [star + 1, tried + 1, tried + 1];
    else return false;
  }
  while (wanted[token] === any) token += 1;
  return token === wanted.length;
}

const any = Symbol("*");
const single = Symbol("?");

/** Undefined for a pattern that ends in a backslash, which nothing matches. */
function tokens(pattern: string): (string | symbol)[] | undefined {
  const found: (string | symbol)[] = [];
  let isEscaped = false;
  for (const one of pattern) {
    if (isEscaped) found.push(one);
    else if (one === "*") found.push(any);
    else if (one === "?") found.push(single);
    else if (one !== "\\") found.push(one);
    isEscaped = !isEscaped && one === "\\";
  }
  return isEscaped ? undefined : found;
}

/** In the order of their bytes. */
export function compareTexts(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** As Go reads a number: what is none is 0. */
export function numberIn(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : 0;
}

/** As Go reads a truth value, in any case; undefined for what is none. */
export function truthIn(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (["1", "t", "true"].includes(lower)) return true;
  return ["0", "f", "false"].includes(lower) ? false : undefined;
}

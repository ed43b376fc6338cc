// The headers of a request that go along to services at addresses: those whose names match a pattern of PROPAGATE_HEADERS.

import type { IncomingHttpHeaders } from "node:http";
import { usage } from "../../errors.js";
import { ownHeaders } from "../http/requests.js";

export class PassedHeaders {
  private readonly patterns: readonly RegExp[];

  /** Patterns are separated by commas and match a part of a name, such as X-Request-Id. Throws USAGE for one that cannot be read. */
  constructor(patterns: string | undefined) {
    this.patterns = (patterns ?? "").split(",").filter(Boolean).map(patternOf);
  }

  of(given: IncomingHttpHeaders): Headers {
    const passed = new Headers();
    for (const [name, value] of Object.entries(given)) {
      const isPassed = !ownHeaders.has(name) && this.patterns.some((one) => one.test(canonical(name)));
      if (isPassed) for (const one of [value ?? []].flat()) passed.append(name, one);
    }
    if (!passed.has("content-type")) passed.set("content-type", "application/json");
    return passed;
  }
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw usage(`PROPAGATE_HEADERS must be regular expressions separated by commas, got ${text}`);
  }
}

/** As Go writes names, and patterns expect them. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

// A service that speaks DataRobot's API: its address and the token for it.

import { usage } from "../errors.js";
import { hide } from "../masking.js";

export interface Service {
  /** Without /api/v2 and without a trailing slash. */
  url: string;
  token: string;
}

/** Masks the token from now on. Throws USAGE, naming `source`, if the address is not an HTTP URL. */
export function serviceAt(address: string, token: string, source: string): Service {
  hide(token);
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw usage(`${source} must be a URL like https://app.example.com, got "${address}"`);
  }
  return { url: address.replace(/\/+$/, "").replace(/\/api\/v2$/, ""), token };
}

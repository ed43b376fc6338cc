// A service that speaks DataRobot's API: its address and the token for it.

import { usage } from "../errors.js";
import { hide } from "../masking.js";

export interface Service {
  /** Without /api/v2 and without a slash at its end. */
  url: string;
  token: string;
}

/** `source` says where the address stands. Throws USAGE. The token is masked from now on. */
export function serviceAt(address: string, token: string, source: string): Service {
  hide(token);
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw usage(`${source} must be a URL like https://app.example.com, got "${address}"`);
  }
  return { url: address.replace(/\/+$/, "").replace(/\/api\/v2$/, ""), token };
}

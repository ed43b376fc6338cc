// drum hub replace.

import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { parsePrefix } from "../config/parse.js";
import { replaceOptions } from "../options/monitoring.js";
import type { HubReplaceConfig } from "../runs/hub-replace.js";

export const hubReplace = defineCommand({
  name: "hub replace",
  summary: "replace the model of a deployment, after a trial if it is asked for",
  examples: [
    "hub replace 5c939e08962d741e34f609f0 --model 5c0a969859b00004ba52e41b --address localhost:8080",
    "hub replace 5c939e08962d741e34f609f0 --model 5c0a969859b00004ba52e41b --address localhost:8080 --canary 10% --requests 500",
  ],
  words: { placeholder: "<deployment>" },
  options: replaceOptions,
  variables: ["URL_PREFIX", "DRUM_TOKEN"],
  configure(values, { variables }): HubReplaceConfig {
    const { address, model, reason, canary, shadow, requests, patience, maxDifference } = values;
    if (canary !== undefined && shadow !== undefined)
      throw usage("--canary and --shadow were both given; keep one of them");
    const share = canary ?? shadow;
    if (share === undefined && maxDifference !== undefined)
      throw usage("--max-diff needs --canary or --shadow; add one of them");
    const trial =
      share === undefined
        ? undefined
        : {
            mode: canary === undefined ? ("shadow" as const) : ("canary" as const),
            share: parseShare(share, canary === undefined ? "--shadow" : "--canary"),
            requests,
            seconds: patience / 1000,
            ...(maxDifference !== undefined && { maxDifference }),
          };
    if (!variables.DRUM_TOKEN)
      throw usage("the hub wants a token; set the variable DRUM_TOKEN to that of an owner");
    const token = variables.DRUM_TOKEN;
    return { address, model, reason, trial, token, urlPrefix: parsePrefix(variables.URL_PREFIX) };
  },
  run: async (config, { words: [deployment] }) =>
    (await import("../runs/hub-replace.js")).hubReplace(deployment!, config),
});

/** 10% or 0.1. Throws USAGE. */
function parseShare(text: string, option: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const share = Number(digits) / (percent ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw usage(`${option} must be a share such as 10% or 0.1, above 0 and at most 100%, got "${text}"`);
}

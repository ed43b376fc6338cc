// `drum swap`: asks a running server to replace a model's release with a new one, and prints the result.

import { request } from "node:http";
import path from "node:path";
import { counted } from "../../counted.js";
import { DrumError, type ErrorCode, messageOf } from "../../errors.js";
import type { Places } from "../../places.js";
import type { Address } from "../options/option.js";
import { readToken, tokenFile } from "../steps/serving/server-token.js";
import { openProgress } from "../terminal/progress.js";

interface Report {
  model: string;
  release: number;
  duration: number;
  replayed: number;
  largestDifference: number;
  unlike: number;
}

interface Swaps {
  swaps: { model: string; step: string | null }[];
}

const pollMilliseconds = 500;

export interface SwapConfig {
  address: Address;
  codeDirectory: string | undefined;
  /** The model to swap, if the server has several. */
  model: string | undefined;
  /** The number of recent requests that both releases answer before the switch. */
  replay: number | undefined;
  maxDifference: number | undefined;
  runtimes: Readonly<Record<string, string>> | undefined;
  urlPrefix: string;
  /** Undefined for that of the server's file. */
  token: string | undefined;
  places: Places;
}

/** Resolves with the exit code. */
export async function swap(config: SwapConfig): Promise<number> {
  const progress = openProgress();
  const steps = setInterval(async () => {
    // Only for display, so errors are ignored: the response to the swap itself reports them.
    const { swaps } = await ask<Swaps>(config, "GET").catch(() => ({ swaps: [] }));
    const step = swaps.find((one) => one.step !== null)?.step;
    if (step) progress.show(step);
  }, pollMilliseconds);
  try {
    progress.show("asking the server");
    const report = await ask<Report>(config, "POST", {
      model: config.model,
      code_dir: config.codeDirectory,
      runtimes: config.runtimes && absolute(config.runtimes),
      replay: config.replay,
      max_diff: config.maxDifference,
    });
    progress.end();
    process.stdout.write(inWords(report));
    return 0;
  } finally {
    clearInterval(steps);
    progress.end();
  }
}

/** Resolves paths here, because the server may run in another folder. */
function absolute(runtimes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runtimes).map(([language, text]) => [
      language,
      text.includes(path.sep) ? path.resolve(text) : text,
    ]),
  );
}

function inWords({ model, release, duration, replayed, largestDifference, unlike }: Report): string {
  const compared =
    replayed > 0
      ? `; ${counted(replayed, "request")} replayed, largest difference ${largestDifference}${unlike > 0 ? `, ${unlike} with responses that cannot be compared` : ""}`
      : "";
  return `${model}: release ${release} serves after ${(duration / 1000).toFixed(1)} s${compared}\n`;
}

/** Does not use fetch, because a swap may take longer than fetch waits for a response. */
function ask<Answer>(
  { address: { host, port }, urlPrefix, token: given, places }: SwapConfig,
  method: string,
  body?: object,
): Promise<Answer> {
  const token = given ?? readToken(tokenFile(places, port));
  const headers = {
    ...(body ? { "content-type": "application/json" } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const where = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path: `${urlPrefix}/admin/swap`, method, headers }, async (answer) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve(readAnswer(answer.statusCode ?? 0, Buffer.concat(chunks).toString(), where) as Answer);
      } catch (error) {
        reject(error);
      }
    });
    call.on("error", (error) =>
      reject(
        new DrumError(
          "ADDRESS_UNUSABLE",
          `no server responds at ${where}: ${messageOf(error)}; check --address`,
          {
            cause: error,
          },
        ),
      ),
    );
    call.end(body && JSON.stringify(body));
  });
}

const codes: Record<number, ErrorCode> = {
  400: "USAGE",
  403: "ADMIN_REFUSED",
  404: "MODEL_UNKNOWN",
  409: "SWAP_FAILED",
  503: "DRAINING",
};

function readAnswer(status: number, text: string, where: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new DrumError(
      "ADDRESS_UNUSABLE",
      `the server at ${where} is not a drum server (status ${status}); check --address`,
    );
  }
  if (status === 200) return answer;
  const { message = text } = answer as { message?: string };
  throw new DrumError(codes[status] ?? "SWAP_FAILED", message.replace(/^ERROR: /, ""));
}

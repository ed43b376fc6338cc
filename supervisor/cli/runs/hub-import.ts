// `drum hub import`: brings the content of a YAML file into a running hub, and waits until what it starts is done.

import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "../../datarobot/request.js";
import { type Service, serviceAt } from "../../datarobot/service.js";
import { DrumError, type ErrorCode, errorCodes, messageOf, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { Address } from "../options/option.js";

export interface HubImportConfig {
  address: Address;
  /** Overrides `token`. */
  tokenFile: string | undefined;
  token: string | undefined;
  urlPrefix: string;
}

/** Milliseconds. */
const [callTimeout, pollPause] = [600_000, 200];

/** Resolves with the exit code: 3 if the model of a deployment cannot be loaded. */
export async function hubImport(file: string, config: HubImportConfig): Promise<number> {
  const hub = hubAt(config);
  const content = read(file, "the file to import");
  const answer = await ask(hub, {
    method: "POST",
    path: "imports/",
    body: { file: path.resolve(file), content },
  });
  const { lines, statusIds } = answer as unknown as { lines: string[]; statusIds: string[] };
  for (const line of lines) process.stdout.write(`imported ${line}\n`);
  if (lines.length === 0) process.stdout.write("imported nothing: the hub has all of it\n");
  const failures: string[] = [];
  for (const id of statusIds) failures.push(...(await failureOf(hub, id)));
  if (failures.length > 0) throw new DrumError("MODEL_NOT_LOADED", failures.join("\n"));
  return 0;
}

function hubAt({ address: { host, port }, urlPrefix, tokenFile, token: given }: HubImportConfig): Service {
  const token = tokenFile === undefined ? given : read(tokenFile, "--token-file").trim();
  if (!token)
    throw usage("an import needs the token of an administrator; set DRUM_TOKEN, or give --token-file");
  const name = host.includes(":") ? `[${host}]` : host;
  return serviceAt(`http://${name}:${port}${urlPrefix}`, token, "--address");
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DrumError("INPUT_FILE_MISSING", `${what} cannot be read: ${messageOf(error)}; check the path`);
  }
}

/** None, or why it failed. The hub holds a status that is not done for some seconds. */
async function failureOf(hub: Service, id: string): Promise<string[]> {
  for (;;) {
    const { status, description, message } = await ask(hub, { method: "GET", path: `status/${id}/` });
    if (status === "ERROR") return [`${description}: ${message}`];
    if (status !== "RUNNING") return [];
    await sleep(pollPause);
  }
}

interface Call {
  method: "GET" | "POST";
  path: string;
  body?: Record<string, unknown>;
}

/** Empty for a redirect. Throws ADDRESS_UNUSABLE, and what the hub says, by the code that it names. */
async function ask(hub: Service, call: Call): Promise<Record<string, unknown>> {
  const answer = await send(hub, call);
  const text = await answer.text();
  if (answer.status === 303) return {};
  const said = parsed(text);
  if (!said)
    throw new DrumError(
      "ADDRESS_UNUSABLE",
      `the server at ${hub.url} is not a drum hub (status ${answer.status}); check --address`,
    );
  if (answer.ok) return said;
  const { message = text, code } = said;
  throw new DrumError(codeOf(code, answer.status), String(message));
}

async function send(hub: Service, call: Call): Promise<Response> {
  const signal = AbortSignal.timeout(callTimeout);
  try {
    for (;;) {
      const answer = await request(hub, { ...call, redirect: "manual", signal });
      const pause = Number(answer.headers.get("retry-after"));
      if (answer.status !== 429 || !(pause > 0)) return answer;
      await answer.body?.cancel();
      process.stderr.write(`drum hub import: the hub asks to wait ${pause} s\n`);
      await sleep(pause * 1000, undefined, { signal });
    }
  } catch (error) {
    const why = messageOf((error as Error).cause ?? error);
    throw new DrumError("ADDRESS_UNUSABLE", `no hub responds at ${hub.url}: ${why}; check --address`, {
      cause: error,
    });
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const byStatus: Readonly<Record<number, ErrorCode>> = { 401: "TOKEN_INVALID", 403: "RIGHT_MISSING" };

function codeOf(named: unknown, status: number): ErrorCode {
  return errorCodes.find((code) => code === named) ?? byStatus[status] ?? "SERVICE_REFUSED";
}

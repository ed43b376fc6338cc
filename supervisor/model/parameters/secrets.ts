// Reads user secrets: JSON maps with a credential_type, one per file in the mount path or per variable with the prefix. They
// are read once and masked everywhere.

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Value } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { hide } from "../../masking.js";

export type UserSecrets = Readonly<Record<string, Record<string, Value>>>;

export interface SecretSources {
  /** A folder with one file per secret, named like the secret. */
  secretsMountPath: string | undefined;
  /** The prefix of variables PREFIX_NAME. */
  secretsPrefix: string | undefined;
}

/** Name to secret. A mounted secret overrides a variable. Throws SECRETS_INVALID; no message shows a value. */
export function readUserSecrets(
  { secretsMountPath, secretsPrefix }: SecretSources,
  environment: Readonly<Record<string, string>>,
): UserSecrets {
  const secrets: Record<string, Record<string, Value>> = {};
  const add = (name: string, text: string, source: string) => {
    secrets[name] = parseSecret(text, source);
    hide(secrets[name]);
  };
  if (secretsPrefix !== undefined) {
    for (const [variable, text] of Object.entries(environment)) {
      if (!variable.startsWith(`${secretsPrefix}_`)) continue;
      add(variable.slice(secretsPrefix.length + 1), text, `the variable ${variable} (--user-secrets-prefix)`);
    }
  }
  for (const file of mountedFiles(secretsMountPath)) {
    add(path.basename(file), readText(file), `the file ${file} (--user-secrets-mount-path)`);
  }
  return secrets;
}

/** The folder may be missing: platforms name it even if they mount nothing. Names that begin with a dot belong to the mount itself. */
function mountedFiles(folder: string | undefined): string[] {
  if (folder === undefined || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DrumError("SECRETS_INVALID", `the user secret ${file} cannot be read: ${messageOf(error)}`);
  }
}

function parseSecret(text: string, source: string): Record<string, Value> {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    // The parser's message would show part of the text.
  }
  if (isMap(secret) && typeof secret.credential_type === "string") return secret as Record<string, Value>;
  throw new DrumError(
    "SECRETS_INVALID",
    `${source} is not a user secret; expected JSON like {"credential_type": "basic", "username": …, "password": …}`,
  );
}

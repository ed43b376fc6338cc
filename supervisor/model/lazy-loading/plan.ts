// Reads which files to fetch into a code directory, from --lazy-loading-file or from MLOPS_LAZY_LOADING_DATA with one variable
// of credentials per repository, both in DataRobot's format. Any value may be a secret, so errors show none.

import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { hide } from "../../masking.js";
import type { Bucket, Credentials } from "./s3.js";

const dataVariable = "MLOPS_LAZY_LOADING_DATA";
const secretPrefix = "MLOPS_REPOSITORY_SECRET_";

export interface RemoteFile {
  bucket: Bucket;
  /** The object's key in the bucket. */
  key: string;
  /** An absolute path. */
  target: string;
}

export interface PlanSources {
  /** --lazy-loading-file; without it, the variables apply. */
  lazyLoadingFile: string | undefined;
  environment: Readonly<Record<string, string>>;
}

export function wantsLazyFiles({ lazyLoadingFile, environment }: PlanSources): boolean {
  return lazyLoadingFile !== undefined || Boolean(environment[dataVariable]);
}

/** A relative localPath starts at the code directory. Throws USAGE naming the place of a fault, never its value. */
export function readPlan({ lazyLoadingFile, environment }: PlanSources, codeDirectory: string): RemoteFile[] {
  const source = lazyLoadingFile === undefined ? dataVariable : `--lazy-loading-file ${lazyLoadingFile}`;
  const text =
    lazyLoadingFile === undefined ? environment[dataVariable]! : readFileSync(lazyLoadingFile, "utf8");
  const content = new Part(parsed(text, source), source);
  const credentials = lazyLoadingFile === undefined ? undefined : credentialsListed(content);
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
  const buckets = new Map<string, Bucket>();
  for (const one of content.list("repositories")) {
    const id = one.text("credentialId");
    const found = credentials ? credentials.get(id) : credentialsOf(id, environment);
    if (!found) throw one.wrong("credentialId", "matches no id in credentials; add it there");
    buckets.set(one.text("repositoryId"), {
      name: one.text("bucketName"),
      endpoint: endpointOf(one),
      verifiesCertificate: one.flag("verifyCertificate") ?? true,
      region,
      credentials: found,
    });
  }
  return content.list("files").map((file) => {
    const bucket = buckets.get(file.text("repositoryId"));
    if (!bucket) throw file.wrong("repositoryId", "matches no id in repositories; add it there");
    return {
      bucket,
      key: file.text("remotePath").replace(/^\/+/, ""),
      target: targetOf(file, codeDirectory),
    };
  });
}

function targetOf(file: Part, codeDirectory: string): string {
  const local = file.text("localPath");
  const target = path.resolve(codeDirectory, local);
  const isWithin = path.isAbsolute(local) || target.startsWith(`${path.resolve(codeDirectory)}${path.sep}`);
  if (!isWithin) throw file.wrong("localPath", "leads outside the code directory; use a path inside it");
  return target;
}

function endpointOf(repository: Part): URL | undefined {
  const text = repository.optionalText("endpointUrl");
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw repository.wrong("endpointUrl", "is not a URL with http:// or https://; correct it");
}

function credentialsListed(content: Part): Map<string, Credentials> {
  return new Map(content.list("credentials").map((one) => [one.text("id"), credentialsIn(one)]));
}

function credentialsOf(id: string, environment: PlanSources["environment"]): Credentials {
  const variable = `${secretPrefix}${id.toUpperCase()}`;
  const text = environment[variable];
  if (!text)
    throw usage(
      `${dataVariable} needs the variable ${variable}, which is not set; set it to the credentials`,
    );
  return credentialsIn(new Part(parsed(text, variable), variable));
}

function credentialsIn(part: Part): Credentials {
  const credentials = {
    accessKeyId: part.text("awsAccessKeyId"),
    secretAccessKey: part.text("awsSecretAccessKey"),
    sessionToken: part.optionalText("awsSessionToken"),
  };
  hide(credentials);
  if (part.text("credentialType").toLowerCase() === "s3") return credentials;
  throw part.wrong("credentialType", "is not supported, expected s3");
}

/** Reads JSON too, which is valid YAML. Drops the parser's message, which would show part of the text. */
function parsed(text: string, source: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch {
    throw usage(`${source} is neither valid YAML nor JSON; correct it`);
  }
}

/** A map in the file and its place. Keys may be in camel or snake case, as in DRUM. */
class Part {
  private readonly values: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly place: string,
  ) {
    if (!isMap(value)) throw usage(`${place} must be a map; see docs/lazy-loading.md`);
    const camel = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    this.values = Object.fromEntries(Object.entries(value).map(([key, one]) => [camel(key), one]));
  }

  wrong(key: string, what: string) {
    return usage(`${this.place}: ${key} ${what}`);
  }

  text(key: string): string {
    const text = this.optionalText(key);
    if (text === undefined) throw this.wrong(key, "is missing; add it");
    return text;
  }

  optionalText(key: string): string | undefined {
    const value = this.values[key] ?? undefined;
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    throw this.wrong(key, "must be a non-empty string");
  }

  flag(key: string): boolean | undefined {
    const value = this.values[key] ?? undefined;
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "must be true or false");
  }

  list(key: string): Part[] {
    const value = this.values[key];
    if (!Array.isArray(value) || value.length === 0)
      throw this.wrong(key, "must be a list with at least one item");
    return value.map((one, at) => new Part(one, `${this.place}: ${key}[${at}]`));
  }
}

// Which files a code directory lacks until they are fetched: --lazy-loading-file, or MLOPS_LAZY_LOADING_DATA with a variable of
// credentials for each repository, both in DataRobot's form. Whatever they hold may be a secret, so no error shows a value.

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
  /** Within the bucket. */
  key: string;
  /** Absolute. */
  target: string;
}

export interface PlanSources {
  /** --lazy-loading-file; the variables count without it. */
  lazyLoadingFile: string | undefined;
  environment: Readonly<Record<string, string>>;
}

export function wantsLazyFiles({ lazyLoadingFile, environment }: PlanSources): boolean {
  return lazyLoadingFile !== undefined || Boolean(environment[dataVariable]);
}

/** Throws USAGE that names the place, never its value. A relative localPath is below the code directory. */
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
    if (!found) throw one.wrong("credentialId", "is the id of none of credentials; add it there");
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
    if (!bucket) throw file.wrong("repositoryId", "is the id of none of repositories; add it there");
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
  if (!isWithin) throw file.wrong("localPath", "leads out of the code directory; give a path below it");
  return target;
}

function endpointOf(repository: Part): URL | undefined {
  const text = repository.optionalText("endpointUrl");
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw repository.wrong("endpointUrl", "is no address that begins with http:// or https://; correct it");
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
  throw part.wrong("credentialType", "is no type that files can be fetched with, expected s3");
}

/** JSON is YAML. The parser's own words would show some of the text. */
function parsed(text: string, source: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch {
    throw usage(`${source} is neither valid YAML nor JSON; correct it`);
  }
}

/** A map of the file, its keys in camel or snake case as DRUM takes them, and where it is. */
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
    throw this.wrong(key, "must be a text that is not empty");
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

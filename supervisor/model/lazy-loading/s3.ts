// Sends a GET to S3, or to a service with its API, signed with AWS signature version 4, and returns the response stream.

import { createHash, createHmac } from "node:crypto";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

export interface Bucket {
  name: string;
  /** Undefined for AWS itself. */
  endpoint: URL | undefined;
  verifiesCertificate: boolean;
  region: string;
  credentials: Credentials;
}

/** The longest pause between bytes, in milliseconds. */
const idleLimit = 60_000;
const emptyHash = createHash("sha256").digest("hex");

/** Resolves with the response as soon as its headers arrive, whatever its status. */
export async function getObject(bucket: Bucket, key: string, signal: AbortSignal): Promise<IncomingMessage> {
  const answer = await send(bucket, key, signal);
  const region = answer.headers["x-amz-bucket-region"];
  const isElsewhere = answer.statusCode !== 200 && typeof region === "string" && region !== bucket.region;
  if (!isElsewhere) return answer;
  // The service named the bucket's region, so retry there.
  answer.resume();
  return send({ ...bucket, region }, key, signal);
}

function send(bucket: Bucket, key: string, signal: AbortSignal): Promise<IncomingMessage> {
  const url = urlOf(bucket, key);
  const headers = signedHeaders(url, bucket, new Date());
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, signal, rejectUnauthorized: bucket.verifiesCertificate });
    asked.setTimeout(idleLimit, () => asked.destroy(new Error(`no data received for ${idleLimit / 1000} s`)));
    asked.once("response", resolve).once("error", reject).end();
  });
}

/** Puts the bucket in the path, which every service with this API accepts. */
function urlOf({ name, endpoint, region }: Bucket, key: string): URL {
  const base = endpoint ? endpoint.href.replace(/\/$/, "") : `https://s3.${region}.amazonaws.com`;
  return new URL(`${base}/${[name, ...key.split("/")].map(encoded).join("/")}`);
}

/** Encodes as RFC 3986 requires; encodeURIComponent leaves a few more characters unencoded. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The headers of a GET without a body or query. */
export function signedHeaders(
  url: URL,
  { region, credentials }: Pick<Bucket, "region" | "credentials">,
  at: Date,
): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const headers: Record<string, string> = {
    host: url.host,
    "x-amz-content-sha256": emptyHash,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const asked = ["GET", url.pathname, "", lines, names.join(";"), emptyHash].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(asked).digest("hex")].join(
    "\n",
  );
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

// A small store with the API of S3. It checks every signature with AWS' own library, and can misbehave as real stores do.

import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { execa } from "execa";
import { root } from "./drum.js";

const clientsPython = path.join(root, ".setup", "clients", "bin", "python");
const signer = path.join(root, "e2e", "clients", "s3_signature.py");

export const credentials = {
  id: "AKIDTESTING",
  secret: "the/secret+of the store",
  token: "a token/of+a=session",
};

/** The response for a path: a body, or a function that responds. */
export type StoreObject = Buffer | ((response: ServerResponse, times: number) => void);

export class Store {
  /** Requested paths, in order. */
  readonly asked: string[] = [];
  readonly faults: string[] = [];

  private constructor(
    readonly url: string,
    private readonly server: http.Server,
  ) {}

  /** `objects` by path, for example /bucket/key. `tls` makes it https. */
  static async start(
    objects: Readonly<Record<string, StoreObject>>,
    { tls, region = "us-east-1" }: { tls?: { key: Buffer; cert: Buffer }; region?: string } = {},
  ): Promise<Store> {
    const listener: RequestListener = (request, response) =>
      void store.answer(request, response, { objects, region });
    const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const store = new Store(`${tls ? "https" : "http"}://127.0.0.1:${port}`, server);
    return store;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(
    { method = "", url = "", headers }: IncomingMessage,
    response: ServerResponse,
    { objects, region }: { objects: Readonly<Record<string, StoreObject>>; region: string },
  ): Promise<void> {
    this.asked.push(url);
    const token = headers["x-amz-security-token"];
    const known = [credentials.id, credentials.secret, ...(token === undefined ? [] : [credentials.token])];
    const asked = { method, url: this.url + url, headers, region, credentials: known };
    const { stdout } = await execa(clientsPython, [signer], { input: JSON.stringify(asked) });
    const [, scope] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? "") ?? [];
    if (scope !== region) {
      response.writeHead(400, { "x-amz-bucket-region": region });
      response.end(xml("AuthorizationHeaderMalformed", "The region is another one."));
      return;
    }
    if (headers.authorization !== stdout) {
      this.faults.push(`${url}: signed as ${headers.authorization}, expected ${stdout}`);
      response.writeHead(403).end(xml("SignatureDoesNotMatch", "The signature is another one."));
      return;
    }
    const object = objects[decodeURIComponent(url)];
    const times = this.asked.filter((one) => one === url).length;
    if (object === undefined) response.writeHead(404).end(xml("NoSuchKey", "There is no such key."));
    else if (Buffer.isBuffer(object))
      response.writeHead(200, { "content-length": object.length }).end(object);
    else object(response, times);
  }
}

function xml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

// A small service that accepts custom models like DataRobot's API. It keeps what it receives, and records everything that the API would
// not accept.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

interface Sent {
  name: string;
  content: string;
}

export interface VersionSent {
  modelId: string;
  isMajorUpdate: unknown;
  baseEnvironmentId: unknown;
  files: Sent[];
}

interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

const targetTypes = [
  "Binary",
  "Regression",
  "Multiclass",
  "Multilabel",
  "Anomaly",
  "Unstructured",
  "TextGeneration",
  "AgenticWorkflow",
];
const optionalTexts = ["description", "language", "targetName", "positiveClassLabel", "negativeClassLabel"];
const json = { "content-type": "application/json" };

export class CustomModelService {
  /** Bodies of POST customModels/. */
  readonly models: Record<string, unknown>[] = [];
  readonly versions: VersionSent[] = [];
  /** Method and path of each request, in order. */
  readonly requests: string[] = [];
  /** Everything that the API would not accept. */
  readonly faults: string[] = [];
  /** Responses by method and path. Each is sent once, instead of the usual response. */
  readonly answers: Record<string, Answer[]> = {};
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<CustomModelService> {
    const service = new CustomModelService();
    await new Promise<void>((resolve) => service.server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { authorization, "content-type": type = "", "content-length": length } = request.headers;
    const key = `${request.method} ${request.url?.replace("/api/v2/", "")}`;
    this.requests.push(key);
    if (authorization !== "Bearer secret-token") this.faults.push(`token ${authorization}`);
    if (request.method === "POST" && Number(length) !== body.length) this.faults.push(`length ${length}`);
    const scripted = this.answers[key]?.shift();
    const { status, body: text = "", headers = json } = scripted ?? (await this.usual(key, body, type));
    response.writeHead(status, headers);
    response.end(text);
  }

  private async usual(key: string, body: Buffer, type: string): Promise<Answer> {
    const answered = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) });
    const [, id] = /^(?:GET|POST) \w+\/([^/]+)\/(?:versions\/)?$/.exec(key) ?? [];
    if (key === "GET executionEnvironments/environment-1/") return answered({ id, name: "Python" });
    if (key === "GET customModels/model-7/") return answered({ id, name: "tides", targetType: "Regression" });
    if (key === "POST customModels/") {
      if (type !== "application/json") this.faults.push(`content type ${type}`);
      this.takeModel(JSON.parse(body.toString()));
      return answered({ id: "model-1" }, 201);
    }
    if (/^POST customModels\/model-\d\/versions\/$/.test(key)) {
      const form = await new Response(body, { headers: { "content-type": type } }).formData();
      await this.takeVersion(id!, form);
      return answered({ id: "version-1", customModelId: id, versionMajor: 2, versionMinor: 0 }, 201);
    }
    if (key.startsWith("GET ")) return answered({ message: "Not found." }, 404);
    this.faults.push(key);
    return answered({ message: "Unknown route." }, 404);
  }

  private takeModel(model: Record<string, unknown>): void {
    const { customModelType, name, targetType, predictionThreshold, classLabels, ...others } = model;
    const { supportsRegression, supportsBinaryClassification, ...texts } = others;
    if (customModelType !== "inference") this.faults.push(`customModelType ${customModelType}`);
    if (typeof name !== "string" || name === "") this.faults.push(`name ${name}`);
    if (!targetTypes.includes(String(targetType))) this.faults.push(`targetType ${targetType}`);
    this.expectFlag("supportsRegression", supportsRegression, targetType === "Regression");
    this.expectFlag("supportsBinaryClassification", supportsBinaryClassification, targetType === "Binary");
    if (!["undefined", "number"].includes(typeof predictionThreshold))
      this.faults.push("predictionThreshold");
    if (classLabels !== undefined && !Array.isArray(classLabels)) this.faults.push("classLabels");
    for (const [key, value] of Object.entries(texts)) {
      if (!optionalTexts.includes(key) || typeof value !== "string") this.faults.push(`${key} ${value}`);
    }
    this.models.push(model);
  }

  private expectFlag(name: string, value: unknown, isWanted: boolean): void {
    if (value !== (isWanted ? true : undefined)) this.faults.push(`${name} ${value}`);
  }

  /** The order of the parts: the fields, then pairs of `file` and `filePath`. */
  private async takeVersion(modelId: string, form: FormData): Promise<void> {
    const { isMajorUpdate, baseEnvironmentId } = Object.fromEntries(form);
    if (isMajorUpdate !== "True" && isMajorUpdate !== "False")
      this.faults.push(`isMajorUpdate ${isMajorUpdate}`);
    const parts = [...form].filter(([name]) => name !== "isMajorUpdate" && name !== "baseEnvironmentId");
    const files: Sent[] = [];
    for (let at = 0; at < parts.length; at += 2) {
      const [[fileKey, file], [pathKey, filePath] = []] = [parts[at]!, parts[at + 1]];
      if (fileKey !== "file" || !(file instanceof File) || file.name === "")
        this.faults.push(`part ${fileKey}`);
      if (pathKey !== "filePath" || typeof filePath !== "string") this.faults.push(`part ${pathKey}`);
      files.push({ name: String(filePath), content: await (file as File).text() });
    }
    this.versions.push({ modelId, isMajorUpdate, baseEnvironmentId, files });
  }
}

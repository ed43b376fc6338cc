// Messages of gRPC as the JSON that workers read, and back. Every number of an array, a tag or a value is a float in gRPC, and is written
// as one.

import { replaceBareNumbers } from "../../../formats/json.js";

/** What proto-loader makes of a google.protobuf.Value. */
export type ProtoValue =
  | { nullValue: unknown }
  | { numberValue: number }
  | { stringValue: string }
  | { boolValue: boolean }
  | { structValue: { fields?: Record<string, ProtoValue> } }
  | { listValue: { values?: ProtoValue[] } };

interface ProtoMeta {
  puid?: string;
  tags?: Record<string, ProtoValue>;
  routing?: Record<string, number>;
  requestPath?: Record<string, string>;
  metrics?: { key?: string; type?: string; value?: number; tags?: Record<string, string> }[];
}

export interface ProtoMessage {
  status?: object;
  meta?: ProtoMeta;
  data?: {
    names?: string[];
    tensor?: { shape?: number[]; values?: number[] };
    ndarray?: { values?: ProtoValue[] };
    tftensor?: Buffer;
  };
  binData?: Buffer;
  strData?: string;
  jsonData?: ProtoValue;
}

export interface ProtoFeedback {
  request?: ProtoMessage;
  response?: ProtoMessage;
  reward?: number;
  truth?: ProtoMessage;
}

/** With `meta` always there, as the wrapper has it over gRPC. */
export function jsonOfMessage(message: ProtoMessage): string {
  const members = [`"meta":${jsonOfMeta(message.meta ?? {})}`];
  if (message.status) members.push(`"status":${JSON.stringify(message.status)}`);
  if (message.data) members.push(`"data":${jsonOfData(message.data)}`);
  else if (message.binData !== undefined)
    members.push(`"binData":${JSON.stringify(message.binData.toString("base64"))}`);
  else if (message.strData !== undefined) members.push(`"strData":${JSON.stringify(message.strData)}`);
  else if (message.jsonData) members.push(`"jsonData":${jsonOfValue(message.jsonData)}`);
  return `{${members.join(",")}}`;
}

export function jsonOfFeedback({ request, response, reward = 0, truth }: ProtoFeedback): string {
  const members = Object.entries({ request, response, truth }).flatMap(([name, message]) =>
    message ? [`"${name}":${jsonOfMessage(message)}`] : [],
  );
  return `{${[...members, `"reward":${float(reward)}`].join(",")}}`;
}

function jsonOfMeta({ puid, tags, routing, requestPath, metrics }: ProtoMeta): string {
  const members: string[] = [];
  if (puid) members.push(`"puid":${JSON.stringify(puid)}`);
  if (filled(tags)) members.push(`"tags":${jsonOfFields(tags)}`);
  if (filled(routing)) members.push(`"routing":${JSON.stringify(routing)}`);
  if (filled(requestPath)) members.push(`"requestPath":${JSON.stringify(requestPath)}`);
  if (metrics && metrics.length > 0) {
    const items = metrics.map(({ key = "", type = "COUNTER", value = 0, tags: own }) => {
      const labels = filled(own) ? `,"tags":${JSON.stringify(own)}` : "";
      return `{"key":${JSON.stringify(key)},"type":"${type}","value":${float(value)}${labels}}`;
    });
    members.push(`"metrics":[${items.join(",")}]`);
  }
  return `{${members.join(",")}}`;
}

function filled<Item>(fields: Record<string, Item> | undefined): fields is Record<string, Item> {
  return fields !== undefined && Object.keys(fields).length > 0;
}

function jsonOfData({ names, tensor, ndarray, tftensor }: NonNullable<ProtoMessage["data"]>): string {
  const members = names && names.length > 0 ? [`"names":${JSON.stringify(names)}`] : [];
  if (tensor) {
    const { shape = [], values = [] } = tensor;
    members.push(`"tensor":{"shape":${JSON.stringify(shape)},"values":[${values.map(float).join(",")}]}`);
  } else if (ndarray) members.push(`"ndarray":[${(ndarray.values ?? []).map(jsonOfValue).join(",")}]`);
  // Serialized, where REST has the members of the TensorProto.
  else if (tftensor !== undefined) members.push(`"tftensor":"${tftensor.toString("base64")}"`);
  return `{${members.join(",")}}`;
}

function jsonOfValue(value: ProtoValue): string {
  if ("numberValue" in value) return float(value.numberValue);
  if ("stringValue" in value) return JSON.stringify(value.stringValue);
  if ("boolValue" in value) return String(value.boolValue);
  if ("listValue" in value) return `[${(value.listValue.values ?? []).map(jsonOfValue).join(",")}]`;
  if ("structValue" in value) return jsonOfFields(value.structValue.fields ?? {});
  return "null";
}

function jsonOfFields(fields: Record<string, ProtoValue>): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${jsonOfValue(value)}`,
  );
  return `{${members.join(",")}}`;
}

/** 2 is written as 2.0, so that it is read as a float. */
function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

interface JsonAnswer {
  meta?: Omit<ProtoMeta, "tags"> & { tags?: Record<string, unknown> };
  data?: {
    names?: string[];
    tensor?: { shape?: number[]; values?: unknown[] };
    ndarray?: unknown[];
    /** Base64. */
    tftensor?: string;
  };
  binData?: string;
  strData?: string;
  jsonData?: unknown;
  status?: { info?: string; status?: unknown };
}

/** NaN and infinities become texts. */
export function parseAnswer(text: string): JsonAnswer {
  return JSON.parse(replaceBareNumbers(text, (found) => `"${found}"`));
}

export function messageOf(answer: JsonAnswer): ProtoMessage {
  const { meta = {}, data, binData, strData, jsonData } = answer;
  const tags = Object.entries(meta.tags ?? {}).map(([name, value]) => [name, protoValue(value)]);
  const message: ProtoMessage = { meta: { ...meta, tags: Object.fromEntries(tags) } };
  if (data) message.data = dataOf(data);
  else if (binData !== undefined) message.binData = Buffer.from(binData, "base64");
  else if (strData !== undefined) message.strData = strData;
  else if (jsonData !== undefined) message.jsonData = protoValue(jsonData);
  return message;
}

function dataOf({ names = [], tensor, ndarray = [], tftensor }: NonNullable<JsonAnswer["data"]>) {
  if (tftensor !== undefined) return { names, tftensor: Buffer.from(tftensor, "base64") };
  if (!tensor) return { names, ndarray: { values: ndarray.map(protoValue) } };
  const { shape = [], values = [] } = tensor;
  return { names, tensor: { shape, values: values.map(Number) } };
}

function protoValue(value: unknown): ProtoValue {
  if (value === null || value === undefined) return { nullValue: 0 };
  if (typeof value === "number") return { numberValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "string")
    return bare.has(value) ? { numberValue: Number(value) } : { stringValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(protoValue) } };
  const fields = Object.entries(value as object).map(([name, item]) => [name, protoValue(item)]);
  return { structValue: { fields: Object.fromEntries(fields) } };
}

const bare = new Set(["NaN", "Infinity", "-Infinity"]);

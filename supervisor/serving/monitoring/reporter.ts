// Turns events into items, writes them to the spool twice a second, and has them delivered.

import { readFile } from "node:fs/promises";
import type { Payload, Table } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DeploymentSettings } from "../../datarobot/deployment-settings.js";
import { messageOf } from "../../errors.js";
import { rowsOf, valuesOf } from "../../formats/cells.js";
import { readCsvTable } from "../../formats/csv/table.js";
import { Delivery, type Tell } from "./delivery.js";
import { firstRepeated, type Item, predictionItems, requestItem } from "./items.js";
import type { Event } from "./messages.js";
import type { MonitorSettings } from "./settings.js";
import { Spool } from "./spool.js";

/** Milliseconds between writes to disk. */
const writeEvery = 500;
/** Items that are kept in memory while the disk cannot be written. */
const mostKept = 10_000;
/** The largest CSV in bytes that is read for its features, since reading takes many times its size in memory. */
const mostRead = 64 * 2 ** 20;

export class Reporter {
  private readonly spool: Spool;
  private readonly delivery: Delivery | undefined;
  private readonly remote: DeploymentSettings | undefined;
  private delivering: Promise<void> = Promise.resolve();
  private items: Item[] = [];
  private isStuck = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly settings: MonitorSettings,
    private readonly tell: Tell,
  ) {
    this.spool = new Spool(settings.directory, settings.mostBytes);
    const { service } = settings;
    if (service) {
      this.delivery = new Delivery(this.spool, { ...settings, service }, tell);
      this.delivering = this.delivery.run();
      if (settings.asksSettings) this.remote = new DeploymentSettings(settings.deploymentId, service, tell);
    }
    this.timer = setInterval(() => this.write(), writeEvery);
  }

  async take(event: Event): Promise<void> {
    const { modelId } = this.settings;
    switch (event.kind) {
      case "failure":
        this.items.push(requestItem({ ...event, predictions: 0 }, modelId));
        break;
      case "stats":
        this.items.push(requestItem(event, modelId));
        break;
      case "chat":
        this.takeChat(event);
        break;
      case "data":
        this.takeData(event);
        break;
      default:
        await this.takePrediction(event);
    }
  }

  /** Writes the remaining items and tries to deliver them within `limit` milliseconds. Returns the number of segments left on disk. */
  async close(limit: number): Promise<number> {
    clearInterval(this.timer);
    this.write();
    this.delivery?.stop();
    const patience = new Promise<void>((resolve) => setTimeout(resolve, limit).unref());
    const last = this.delivering.then(() => this.delivery?.deliverAll());
    await Promise.race([last.catch(() => {}), patience]);
    return this.spool.waiting;
  }

  private write(): void {
    if (this.items.length === 0) return;
    let dropped: number;
    try {
      dropped = this.spool.write(this.items);
    } catch (error) {
      this.keep(error);
      return;
    }
    this.items = [];
    this.isStuck = false;
    if (dropped > 0) {
      this.tell(
        "warn",
        `${this.settings.directory} is full: its ${dropped} oldest report files were removed; deliver the others, or raise max_files`,
      );
    }
    this.delivery?.notice();
  }

  /** Keeps items that could not be written, for the next attempt. */
  private keep(error: unknown): void {
    this.items = this.items.slice(-mostKept);
    if (!this.isStuck)
      this.tell(
        "warn",
        `${messageOf(error)}; the last ${mostKept} reports are kept in memory until they can be written`,
      );
    this.isStuck = true;
  }

  private async takePrediction({
    at,
    duration,
    predictions,
    classNames,
    payload,
  }: Extract<Event, { kind: "prediction" }>) {
    const { modelId } = this.settings;
    const request = requestItem({ at, duration, predictions: predictions.rows }, modelId);
    const tracked = this.remote?.current;
    if (tracked?.takesPredictions === false) {
      this.items.push(request);
      return;
    }
    const features = payload && (await this.featuresOf(payload, predictions.rows));
    const report = {
      at,
      predictions: rowsOf(predictions),
      classNames,
      associationIds: features && this.idsOf(features, tracked?.associationColumn),
      features: tracked?.takesFeatures === false ? null : features,
    };
    this.items.push(request, ...predictionItems(report, modelId));
  }

  /** Null without the column, or if an id comes twice. */
  private idsOf({ columns, rows }: Table, name: string | undefined): string[] | null {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return null;
    const ids = valuesOf(column, rows).map(String);
    const repeated = firstRepeated(ids);
    if (repeated === undefined) return ids;
    this.tell(
      "warn",
      `the association ids of ${rows} predictions are not reported: the column ${JSON.stringify(name)} has ${JSON.stringify(repeated)} twice; send each row an id of its own`,
    );
    return null;
  }

  private takeChat({ at, duration, prompt, answer }: Extract<Event, { kind: "chat" }>): void {
    const { modelId } = this.settings;
    this.items.push(requestItem({ at, duration, predictions: 1 }, modelId));
    const body = { timestamp: new Date(at).toISOString(), modelId, predictions: [answer] };
    const features =
      prompt === null
        ? {}
        : { features: [{ name: this.remote?.current?.promptColumn ?? "promptText", values: [prompt] }] };
    this.items.push({ route: "predictionInputs", rows: 1, body: { ...body, ...features } });
  }

  private takeData({ at, predictions, features, ...rest }: Extract<Event, { kind: "data" }>): void {
    const values = predictions ?? Array.from({ length: features?.rows ?? 0 }, () => null);
    const report = { at, predictions: values, features, ...rest };
    this.items.push(...predictionItems(report, this.settings.modelId));
  }

  /** Null if the input is not CSV with this number of rows: then only the model's own hook can read it. */
  private async featuresOf(payload: Payload, rows: number): Promise<Table | null> {
    if (payload.kind === "table") return payload.table.rows === rows ? payload.table : null;
    if (payload.mimetype === "text/mtx") return null;
    try {
      const data = payload.kind === "file" ? await readFile(payload.path) : payload.data;
      if (data.length > mostRead) throw new Error(`it has ${data.length} bytes, the limit is ${mostRead}`);
      const table = await readCsvTable(data);
      return table.rows === rows ? table : null;
    } catch (error) {
      this.tell(
        "info",
        `the features of ${counted(rows, "prediction")} are not reported: ${(error as Error).message}`,
      );
      return null;
    }
  }
}

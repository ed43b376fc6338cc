// The set of models, with deployments of real code directories whose workers are not started.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { server } from "../cli/commands/server.js";
import { readConfig } from "../cli/config/command.js";
import { DrumError } from "../errors.js";
import { readModel } from "../model/model.js";
import { Deployment } from "./deployment/deployment.js";
import { Models } from "./models.js";

const workers = path.resolve(import.meta.dirname, "../../e2e/workers");
const models: Models[] = [];
afterEach(() => Promise.all(models.splice(0).map((one) => one.drain(0))));

async function deploymentOf(name: string): Promise<Deployment> {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "drum-models-")), name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "custom.scripted"), "");
  const flags = {
    "code-dir": [folder],
    "target-type": "regression",
    address: "localhost",
    language: "scripted",
    runtime: [`scripted=${process.execPath}`],
  };
  const { config } = readConfig(server, flags, { DRUM_WORKERS: workers });
  return new Deployment(await readModel(config, folder), config, { log: pino({ level: "silent" }) });
}

async function modelsOf(...names: string[]): Promise<Models> {
  const all = new Models();
  models.push(all);
  for (const name of names) all.add(await deploymentOf(name));
  return all;
}

const broken = (name: string) => ({
  name,
  codeDirectory: `/models/${name}`,
  reason: new DrumError("MODEL_NOT_LOADED", `${name} is broken`),
});
const unknown = (words: string) => expect.objectContaining({ code: "MODEL_UNKNOWN", message: words });

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("the set of models", () => {
  it("finds a model by its name, and lists the known names for any other name", async () => {
    const all = await modelsOf("price", "churn");
    expect(all.find("churn").name).toBe("churn");
    expect(thrownBy(() => all.find("none"))).toEqual(
      unknown('there is no model "none"; name one of price, churn'),
    );
    expect(thrownBy(() => all.find("prices"))).toEqual(
      unknown('there is no model "prices"; name one of price, churn; did you mean price?'),
    );
  });

  it("needs no name if it has exactly one model", async () => {
    expect((await modelsOf("price")).only.name).toBe("price");
    const two = await modelsOf("price", "churn");
    expect(thrownBy(() => two.only)).toEqual(unknown("no model was named; name one of price, churn"));
    const none = await modelsOf();
    expect(thrownBy(() => none.only)).toEqual(unknown("no model was named; the server has no models"));
  });

  it("tells whether all requests were finished when it drains", async () => {
    for (const [body, isOrderly] of [
      ["sleep 300", true],
      ["sleep 5000", false],
    ] as const) {
      const all = await modelsOf("price");
      await all.only.start();
      const payload = { kind: "bytes", data: Buffer.from(body), mimetype: null, charset: null } as const;
      const running = all.only.predict(payload).catch(() => undefined);
      expect(await all.drain(1000)).toBe(isOrderly);
      await running;
    }
  });

  it("rejects a second model of the same name", async () => {
    const all = await modelsOf("price");
    const second = await deploymentOf("price");
    expect(() => all.add(second)).toThrow("a model named price is already served");
    await second.drain(0);
  });

  it("no longer finds a removed model, and has drained it", async () => {
    const all = await modelsOf("price", "churn");
    const price = all.find("price");
    await all.remove("price", 0);
    expect(price.state).toBe("draining");
    expect(all.all.map(({ name }) => name)).toEqual(["churn"]);
    expect(thrownBy(() => all.find("price"))).toEqual(
      unknown('there is no model "price"; name one of churn'),
    );
    await expect(all.remove("price", 0)).rejects.toMatchObject({ code: "MODEL_UNKNOWN" });
  });

  it("throws the reason of a broken model until a working one replaces it", async () => {
    const all = await modelsOf();
    all.addBroken(broken("price"));
    expect(() => all.find("price")).toThrow("price is broken");
    expect(() => all.checkHealth()).toThrow("price is broken");
    all.add(await deploymentOf("price"));
    expect(all.find("price").name).toBe("price");
    expect(all.allBroken).toEqual([]);
    expect(thrownBy(() => all.checkHealth())).toMatchObject({ code: "NOT_READY" });
  });
});

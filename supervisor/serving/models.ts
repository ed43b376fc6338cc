// The set of served models, by name. Models come and go while the server runs, so routes look them up for every request.

import { DrumError } from "../errors.js";
import { suggested } from "../suggest.js";
import type { Deployment } from "./deployment/deployment.js";

/** A code directory that could not become a model. Requests for it fail with the reason. */
export interface BrokenModel {
  name: string;
  codeDirectory: string;
  reason: DrumError;
}

export class Models {
  private readonly deployments = new Map<string, Deployment>();
  private readonly broken = new Map<string, BrokenModel>();

  /** Replaces a broken model of the same name. Throws USAGE if a model of that name is already served. */
  add(deployment: Deployment): void {
    const { name } = deployment;
    if (this.deployments.has(name)) {
      throw new DrumError("USAGE", `a model named ${name} is already served; rename one of them`);
    }
    this.broken.delete(name);
    this.deployments.set(name, deployment);
  }

  addBroken(model: BrokenModel): void {
    this.broken.set(model.name, model);
  }

  /** Hides the model from new requests and drains it within `limit` milliseconds; forgets a broken one. Throws MODEL_UNKNOWN. */
  async remove(name: string, limit: number): Promise<void> {
    if (this.broken.delete(name)) return;
    const deployment = this.find(name);
    this.deployments.delete(name);
    await deployment.drain(limit);
  }

  /** Throws MODEL_UNKNOWN, or the reason why the model is broken. */
  find(name: string): Deployment {
    const found = this.deployments.get(name);
    if (found) return found;
    const broken = this.broken.get(name);
    if (broken) throw broken.reason;
    throw this.unknown(`there is no model "${name}"`, suggested(name, this.names));
  }

  /** The only model of the server. Throws MODEL_UNKNOWN with the names if there are several, or none. */
  get only(): Deployment {
    const [first, ...others] = this.deployments.values();
    if (first && others.length === 0) return first;
    throw this.unknown("no model was named");
  }

  private unknown(what: string, suggestion = ""): DrumError {
    const { names } = this;
    const remedy = names.length === 0 ? "the server has no models" : `name one of ${names.join(", ")}`;
    return new DrumError("MODEL_UNKNOWN", `${what}; ${remedy}${suggestion}`);
  }

  /** Costs the same however many models there are. */
  has(name: string): boolean {
    return this.deployments.has(name) || this.broken.has(name);
  }

  get names(): readonly string[] {
    return [...this.deployments.keys(), ...this.broken.keys()];
  }

  /** In the order in which they were added. */
  get all(): readonly Deployment[] {
    return [...this.deployments.values()];
  }

  get allBroken(): readonly BrokenModel[] {
    return [...this.broken.values()];
  }

  /** Throws for the first model that is not ready: NOT_READY, DRAINING, or the reason why it failed. */
  checkHealth(): void {
    for (const deployment of this.all) {
      try {
        deployment.checkHealth();
      } catch (error) {
        throw this.naming(deployment.name, error as DrumError);
      }
    }
    const [broken] = this.allBroken;
    if (broken) throw this.naming(broken.name, broken.reason);
  }

  /** The error, which names the model if there are several. */
  private naming(name: string, error: DrumError): DrumError {
    if (this.names.length === 1 || error.message.startsWith(name)) return error;
    return error.saying(`${name}: ${error.message}`);
  }

  /** All models reject new requests and finish running ones within `limit` milliseconds. Resolves with whether all were finished. */
  async drain(limit: number): Promise<boolean> {
    return (await Promise.all(this.all.map((deployment) => deployment.drain(limit)))).every(Boolean);
  }
}

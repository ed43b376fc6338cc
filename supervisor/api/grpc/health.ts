// grpc.health.v1: whether services answer, asked at the moment of each call.

import {
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { service } from "grpc-health-check";
import type { OpenStreams } from "./streams.js";

interface Asked {
  service: string;
}
interface Told {
  status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}

/** Milliseconds between two looks for those who watch. */
const watchPause = 500;

/** Every service counts as ready at the same time. */
export interface Healthy {
  services: readonly string[];
  isReady(): boolean;
}

export function addHealth(server: Server, { services, isReady }: Healthy, streams: OpenStreams): void {
  // The empty name stands for the server.
  const known = ["", ...services];
  const told = (): Told => ({ status: isReady() ? "SERVING" : "NOT_SERVING" });
  server.addService(service, {
    check({ request }: ServerUnaryCall<Asked, Told>, callback: sendUnaryData<Told>) {
      if (known.includes(request.service)) callback(null, told());
      else
        callback({
          code: status.NOT_FOUND,
          details: `there is no service ${JSON.stringify(request.service)}`,
        });
    },
    list(_call: unknown, callback: sendUnaryData<{ statuses: Record<string, Told> }>) {
      callback(null, { statuses: Object.fromEntries(known.map((name) => [name, told()])) });
    },
    watch(call: ServerWritableStream<Asked, Told>) {
      streams.add(call);
      const now = (): Told => (known.includes(call.request.service) ? told() : { status: "SERVICE_UNKNOWN" });
      let last = now();
      call.write(last);
      const timer = setInterval(() => {
        const next = now();
        if (next.status !== last.status) call.write(next);
        last = next;
      }, watchPause);
      call.once("close", () => clearInterval(timer));
      call.once("cancelled", () => clearInterval(timer));
    },
  });
}

// Methods of wrapper classes for whole messages: protobuf over gRPC, with seldon-core's own module and with drumline's, bodies as they
// come, and the service that a class runs beside them.

import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadSync } from "@grpc/proto-loader";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, freePort, root, type Server, type ServerWishes, serve } from "./drum.js";

const wrappers = path.join(root, "e2e/wrappers/python");
const json = { "content-type": "application/json" };

interface Ports {
  server: Server;
  grpc: string;
  metrics: string;
}

async function microservice(name: string, wishes: Partial<ServerWishes> = {}): Promise<Ports> {
  const [grpc, metrics] = [String(await freePort()), String(await freePort())];
  const words = [name, "--grpc-port", grpc, "--metrics-port", metrics, ...(wishes.words ?? [])];
  const server = await serve({
    folder: wrappers,
    health: "/health/ping",
    ...wishes,
    command: "microservice",
    words,
  });
  return { server, grpc, metrics };
}

async function told(grpc: string): Promise<Record<string, unknown>> {
  const python = path.join(root, ".setup/seldon/bin/python");
  const { stdout } = await execa(python, [path.join(root, "e2e/clients/seldon_whole_calls.py"), grpc]);
  return JSON.parse(stdout);
}

const post = (
  { server }: Ports,
  route: string,
  body: string | Buffer,
  headers: Record<string, string> = json,
) => fetch(server.url + route, { method: "POST", body, headers });

describe.each([
  ["seldon-core itself", ".setup/seldon"],
  ["drumline and the newest protobuf", ".setup/clients"],
])("with the messages of %s", (_title, environment) => {
  let ports: Ports;
  let calls: Record<string, unknown>;
  beforeAll(async () => {
    const runtime = `python=${path.join(root, environment, "bin/python")}`;
    ports = await microservice("Protos", { words: ["--runtime", runtime], health: "/health/status" });
    calls = await told(ports.grpc);
  }, 120_000);
  afterAll(() => ports.server.stop());

  it.each<[string, object]>([
    [
      "predict",
      {
        meta: { puid: "p", metrics: [{ key: "raw", type: "GAUGE", value: 2.5 }] },
        data: { names: ["x", "y"], ndarray: [[2, 5]] },
      },
    ],
    [
      "transform_input",
      {
        meta: { puid: "p", tags: { a: 1 } },
        data: { names: ["t:0", "t:1"], tensor: { shape: [1, 2], values: [1, 2.5] } },
      },
    ],
    // The method for whole messages counts as absent.
    [
      "transform_output",
      { meta: { puid: "p" }, jsonData: { shape: [1, 2], names: ["a", "b"], meta: { puid: "p" } } },
    ],
    ["route", { strData: "SeldonMessage" }],
    ["aggregate", { strData: "second" }],
    ["feedback", { jsonData: { request: { strData: "second" }, reward: 0.5 } }],
    ["status", { strData: "s", status: { code: 418 } }],
    ["packed", { customData: { "@type": "type.googleapis.com/seldon.protos.Tensor", shape: [3] } }],
    ["raises", { code: "UNKNOWN", details: "no luck" }],
    [
      "nothing",
      {
        code: "UNKNOWN",
        details: expect.stringContaining("predict_raw must return a SeldonMessage, got NoneType"),
      },
    ],
  ])("gRPC answers %s", (name, expected) => {
    expect(calls[name]).toEqual(expected);
  });

  it.each<[string, string, number, object]>([
    ["/predict", '{"data":{"ndarray":[[1]]}}', 200, { jsonData: { data: { ndarray: [[1]] } } }],
    [
      "/predict",
      '{"nope":1}',
      400,
      { status: { info: expect.stringContaining("Invalid JSON: "), reason: "MICROSERVICE_BAD_DATA" } },
    ],
    ["/transform-input", '{"data":{"ndarray":[[1]]}}', 200, { data: { ndarray: [[2]] } }],
    ["/aggregate", '[{"strData":"a"},{"strData":"b"}]', 200, { strData: "b" }],
    [
      "/send-feedback",
      '{"reward":0.1,"truth":{"strData":"t"}}',
      200,
      { jsonData: { reward: expect.closeTo(0.1), truth: { strData: "t" } } },
    ],
    ["/send-feedback", '{"reward":"x"}', 400, { status: { reason: "MICROSERVICE_BAD_DATA" } }],
  ])("REST answers %s %s", async (route, body, status, expected) => {
    const response = await post(ports, route, body);
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({})]);
    expect(await (await post(ports, route, body)).json()).toMatchObject(expected);
  });

  it("metrics of whole answers are measured", async () => {
    const text = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    expect(text).toMatch(/^raw\{.*method="predict".*\} 2\.5$/m);
  });
});

describe("the modules of seldon_core without seldon-core", () => {
  interface Told {
    results: object;
    fields: Record<string, Record<string, number>>;
  }
  const toldBy = async (environment: string): Promise<Told> => {
    const python = path.join(root, environment, "bin/python");
    const program = path.join(root, "e2e/clients/seldon_utils.py");
    const own = path.join(root, "workers/python/wrapper_site");
    const env = environment.endsWith("seldon") ? {} : { PYTHONPATH: own };
    const { stdout } = await execa(python, [program], { env });
    return JSON.parse(stdout);
  };

  it("give what those of seldon-core give", async () => {
    const [real, own] = await Promise.all([toldBy(".setup/seldon"), toldBy(".setup/clients")]);
    expect(own.results).toEqual(real.results);
    expect(Object.keys(own.results).length).toBeGreaterThan(100);
  });

  it("have the messages of protos/seldon.proto", async () => {
    const loaded = loadSync(path.join(root, "protos/seldon.proto"), { keepCase: true });
    const messages = Object.entries(loaded).flatMap(([name, one]) => {
      const { field } = ("format" in one ? one.type : {}) as { field?: { name: string; number: number }[] };
      const numbers = field && Object.fromEntries(field.map((each) => [each.name, each.number]));
      return numbers && name.startsWith("seldon.protos.") ? [[name.split(".").at(-1), numbers]] : [];
    });
    expect((await toldBy(".setup/clients")).fields).toEqual(Object.fromEntries(messages));
  });
});

describe("without protobuf", () => {
  it("a class that imports the messages is refused, with what to install", async () => {
    // The ping is answered while the class loads, its status never.
    await expect(microservice("Protos", { health: "/health/status" })).rejects.toThrow(
      /needs the package protobuf, which .* lacks; write protobuf into requirements\.txt/,
    );
  });

  it("a method for whole messages has no gRPC, and says what to install; REST goes on", async () => {
    const folder = codeDirectory({
      "Whole.py": "class Whole:\n    def predict_raw(self, message):\n        return message\n",
    });
    const ports = await microservice("Whole", { folder, health: "/health/status" });
    try {
      const details = expect.stringContaining("need the package protobuf, 3.20 or newer; install it");
      expect((await told(ports.grpc)).predict).toEqual({ code: "UNKNOWN", details });
      expect(await (await post(ports, "/predict", '{"strData":"x"}')).json()).toEqual({ strData: "x" });
    } finally {
      await ports.server.stop();
    }
  });
});

it("bodies of predict reach the class as they come with PAYLOAD_PASSTHROUGH", async () => {
  const folder = codeDirectory({
    "Body.py": `
class Body:
    def predict_raw(self, body):
        if body == b"map":
            return {"status": {"code": 418}}
        if body == b"fault":
            raise ValueError("no luck")
        return body + b"\\xff" if isinstance(body, bytes) else "text " + body

    def transform_input_raw(self, message):
        return message
`,
  });
  const ports = await microservice("Body", { folder, variables: { PAYLOAD_PASSTHROUGH: "true" } });
  const answer = async (response: Response) => [
    response.status,
    response.headers.get("content-type"),
    Buffer.from(await response.arrayBuffer()).toString("latin1"),
  ];
  const type = "application/json";
  const octets = { "content-type": "application/octet-stream" };
  try {
    const bytes = Buffer.from([0, 255, 10]);
    expect(await answer(await post(ports, "/predict", bytes, octets))).toEqual([200, type, "\0\xff\n\xff"]);
    expect(await answer(await post(ports, "/predict", "{", json))).toEqual([200, type, "{\xff"]);
    const named = await fetch(`${ports.server.url}/predict?json=%7B`);
    expect(await answer(named)).toEqual([200, type, "text {"]);
    expect(await answer(await post(ports, "/predict", "map"))).toEqual([
      418,
      type,
      '{"status":{"code":418}}\n',
    ]);
    const fault = await answer(await post(ports, "/predict", "fault"));
    expect(fault).toEqual([500, type, expect.stringContaining("no luck")]);
    const other = await answer(await post(ports, "/transform-input", '{"strData":"x"}'));
    expect(other).toEqual([200, type, '{"strData":"x"}\n']);
  } finally {
    await ports.server.stop();
  }
});

describe("custom_service", () => {
  const service = `
import http.server
import os


class Served:
    def __init__(self, port):
        self.port = port

    def load(self):
        self.is_loaded = True

    def predict(self, X, names):
        return {"pid": os.getpid()}

    def custom_service(self):
        told = b"%d %s" % (os.getpid(), str(hasattr(self, "is_loaded")).encode())

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told)

        http.server.HTTPServer(("127.0.0.1", self.port), Handler).serve_forever()
`;

  it("runs in a process of its own, comes back after its death, and ends with the server", async () => {
    const own = await freePort();
    const parameters = JSON.stringify([{ name: "port", value: String(own), type: "INT" }]);
    const ports = await microservice("Served", {
      folder: codeDirectory({ "Served.py": service }),
      health: "/health/status",
      words: ["--parameters", parameters],
    });
    const ask = () =>
      fetch(`http://127.0.0.1:${own}`, { headers: { connection: "close" } }).then(
        (response) => response.text(),
        () => "",
      );
    const pidOther = async (than: number) => {
      for (const limit = Date.now() + 60_000; Date.now() < limit; await sleep(50)) {
        const [pid, isLoaded] = (await ask()).split(" ");
        if (pid && Number(pid) !== than) return { pid: Number(pid), isLoaded };
      }
      throw new Error(`the service does not answer: ${ports.server.output()}`);
    };
    let last = 0;
    try {
      const first = await pidOther(0);
      expect(first.isLoaded).toBe("False");
      process.kill(first.pid, "SIGKILL");
      last = (await pidOther(first.pid)).pid;
      expect(ports.server.output()).toMatch(
        /Served\.custom_service failed, it is started again: worker .* SIGKILL/,
      );
      const answer = await (await post(ports, "/predict", '{"strData":"x"}')).json();
      expect([first.pid, last]).not.toContain((answer as { jsonData: { pid: number } }).jsonData.pid);
    } finally {
      expect((await ports.server.stop()).exitCode).toBe(0);
    }
    expect(await ask()).toBe("");
    expect(() => process.kill(last, 0)).toThrow("ESRCH");
  });

  const until = async ({ server }: Ports, words: RegExp) => {
    for (const limit = Date.now() + 60_000; Date.now() < limit && !words.test(server.output()); )
      await sleep(50);
    expect(server.output()).toMatch(words);
  };

  const classes: Record<string, string> = {
    "Served.py": `
class Served:
    def load(self):
        self.is_loaded = True

    def predict(self, X, names):
        return X

    def custom_service(self):
        print("the service runs,", "loaded" if hasattr(self, "is_loaded") else "not loaded")
`,
    "Served.R": `
Served <- function() {
  is_loaded <- FALSE
  load <- function() is_loaded <<- TRUE
  predict <- function(X, names) X
  custom_service <- function() cat("the service runs,", if (is_loaded) "loaded" else "not loaded", "\n")
  environment()
}
`,
    "Served.jl": `
mutable struct Served
    is_loaded::Bool
end
Served() = Served(false)

load(model::Served) = model.is_loaded = true
predict(model::Served, X, names) = X
custom_service(model::Served) = println("the service runs, ", model.is_loaded ? "loaded" : "not loaded")
`,
    "Served.java": `
import java.util.List;

public class Served {
  private boolean isLoaded;

  public void load() {
    isLoaded = true;
  }

  public Object predict(Object X, List<String> names) {
    return X;
  }

  public void customService() {
    System.out.println("the service runs, " + (isLoaded ? "loaded" : "not loaded"));
  }
}
`,
  };

  it.each(Object.entries(classes))(
    "in %s runs in an instance of its own, and may return",
    async (file, text) => {
      const ports = await microservice("Served", { folder: codeDirectory({ [file]: text }) });
      try {
        await until(ports, /Served\.custom_service has returned and is not started again/);
        expect(ports.server.output().match(/the service runs, .*/g)).toEqual([
          expect.stringContaining("runs, not loaded"),
        ]);
      } finally {
        await ports.server.stop();
      }
    },
  );

  it("that raises is told and started again, at longer and longer intervals", async () => {
    const text =
      'class Served:\n    def predict(self, X, names):\n        return X\n\n    def custom_service(self):\n        raise OSError("no port")\n';
    const ports = await microservice("Served", { folder: codeDirectory({ "Served.py": text }) });
    const words = String.raw`started again in 0\.%s s: .*custom_service raised OSError\('no port'\)`;
    try {
      for (const delay of ["2", "4"]) await until(ports, new RegExp(words.replace("%s", delay)));
    } finally {
      await ports.server.stop();
    }
    expect(ports.server.output()).toContain('raise OSError("no port")');
  });
});

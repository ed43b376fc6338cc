// The minimum for a server with its models in other processes: fastify writes the length and each body to a Python process, and responds
// with what comes back, in order. Anything beyond this is drum's own cost.

import { spawn } from "node:child_process";
import path from "node:path";
import fastify from "fastify";

const [port, python] = process.argv.slice(2);
const worker = spawn(python, [path.join(import.meta.dirname, "echo.py")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const waiting = [];
let rest = Buffer.alloc(0);

worker.stdout.on("data", (chunk) => {
  rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
    const end = 4 + rest.readUInt32LE(0);
    waiting.shift()(rest.subarray(4, end));
    rest = rest.subarray(end);
  }
});

function ask(body) {
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  worker.stdin.write(frame);
  return new Promise((resolve) => waiting.push(resolve));
}

const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/predict/", async (request, reply) =>
  reply.header("content-type", "application/json").send(await ask(request.body)),
);
await app.listen({ host: "127.0.0.1", port: Number(port) });
process.once("SIGTERM", () => process.exit(0));
console.log("ready");

// The bare server that drum is compared with: fastify that sends the same bytes for the same POST.

import fastify from "fastify";

const [port, answer] = process.argv.slice(2);
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/predict/", async (_request, reply) =>
  reply.header("content-type", "application/json").send(answer),
);
await app.listen({ host: "127.0.0.1", port: Number(port) });
console.log("ready");

// Exits 0 when the server in this container answers GET /health/ with 200: every model is loaded and can answer.

const [, host = "", port = "8080"] = /^(.*?)(?::(\d+))?$/.exec(process.env.ADDRESS ?? "");
const here = ["", "0.0.0.0", "[::]"].includes(host) ? "127.0.0.1" : host;
const prefix = (process.env.URL_PREFIX ?? "").replace(/^\/+|\/+$/g, "");
const url = `http://${here}:${port}/${prefix && `${prefix}/`}health/`;
try {
  const answer = await fetch(url);
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}

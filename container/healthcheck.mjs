// Exits 0 when the server in this container answers GET /health/ with 200: every model is loaded and can answer. A wrapper class has
// /health/status.

const { ADDRESS = "", URL_PREFIX = "", MODEL_NAME, PREDICTIVE_UNIT_HTTP_SERVICE_PORT } = process.env;
const usual = MODEL_NAME ? PREDICTIVE_UNIT_HTTP_SERVICE_PORT || "9000" : "8080";
const [, host = "", port = usual] = /^(.*?)(?::(\d+))?$/.exec(ADDRESS);
const here = ["", "0.0.0.0", "[::]"].includes(host) ? "127.0.0.1" : host;
const prefix = URL_PREFIX.replace(/^\/+|\/+$/g, "");
const path = MODEL_NAME ? "health/status" : `${prefix && `${prefix}/`}health/`;
const url = `http://${here}:${port}/${path}`;
try {
  const answer = await fetch(url);
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}

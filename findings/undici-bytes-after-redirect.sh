#!/usr/bin/env bash
# fetch of undici 6 cannot follow a 307 with a body of bytes
#
# Guess:   fetch sends a body that it holds in memory again after a 307, whether it is a text, bytes or a Blob.
# Happens: a text and a Blob are sent again; a Uint8Array, a Buffer and an ArrayBuffer are not: the buffer of the body was
#          detached by the first request, and fetch rejects with "slice on a detached ArrayBuffer".
# Matters: undici 6 is the fetch of Node 20. A gateway that redirects, as from http to https or to another replica, fails every
#          client and proxy that sends Arrow, tensors or compressed rows as bytes, while the same client works with JSON texts.
# Version: undici 6.29.1 (5.29.0 and 7.30.0 send all of them)
# Seen:    6.29.1: text 200, Blob 200, Uint8Array, Buffer and ArrayBuffer rejected
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 5.29.0 6.29.1 7.30.0; do
  npm install --silent --no-save --prefix "v$version" "undici@$version" >/dev/null
done
cat >try.mjs <<'END'
import http from "node:http";

const server = http.createServer((request, response) => {
  if (request.url === "/old") {
    request.resume();
    response.writeHead(307, { location: "/new" }).end();
    return;
  }
  let size = 0;
  request.on("data", (chunk) => (size += chunk.length)).on("end", () => response.end(String(size)));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/old`;
const bodies = () => ({
  text: "abc",
  Blob: new Blob(["abc"]),
  Uint8Array: Uint8Array.of(1, 2, 3),
  Buffer: Buffer.from("abc"),
  ArrayBuffer: Uint8Array.of(1, 2, 3).buffer,
});

async function sent(version) {
  const { fetch } = (await import(`./v${version}/node_modules/undici/index.js`)).default;
  const outcomes = {};
  for (const [kind, body] of Object.entries(bodies())) {
    try {
      const answer = await fetch(url, { method: "POST", body });
      outcomes[kind] = `${answer.status}, ${await answer.text()} bytes`;
    } catch (error) {
      outcomes[kind] = String(error.cause?.message ?? error.message);
    }
  }
  return outcomes;
}

console.log("guess:     every body in memory is sent again after a 307");
console.log("behaviour: undici 6 sends texts and Blobs again, and rejects for bytes");
let same = true;
for (const version of ["5.29.0", "6.29.1", "7.30.0"]) {
  const outcomes = await sent(version);
  console.log(`seen:      undici ${version}: ${JSON.stringify(outcomes)}`);
  for (const [kind, outcome] of Object.entries(outcomes)) {
    const isSent = outcome === "200, 3 bytes";
    same &&= version.startsWith("6.") && !["text", "Blob"].includes(kind) ? /detached/.test(outcome) : isSent;
  }
}
server.close();
process.exit(same ? 0 : 1);
END
node try.mjs

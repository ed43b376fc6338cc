#!/usr/bin/env bash
# A deadline of 30 days has passed at once for a server of grpc-js
#
# Guess:   a call whose deadline is a month away is answered, like one whose deadline is a day away.
# Happens: the server counts the milliseconds of grpc-timeout in 32 bits. From 24.9 to 49.7 days they are negative, and the call
#          fails with DEADLINE_EXCEEDED; beyond, the deadline is that of the rest: 50 days are 7 hours.
# Matters: clients write "no deadline" as a very long one; whether their calls work depends on how long it is.
# Version: @grpc/grpc-js 1.14.7
# Seen:    1 day answered, 24 days answered, 30 days DEADLINE_EXCEEDED, 49 days DEADLINE_EXCEEDED, 50 days answered
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7
cat > run.mjs <<'END'
import grpc from "@grpc/grpc-js";

const method = {
  path: "/example.Echo/Say",
  requestStream: false,
  responseStream: false,
  requestSerialize: (text) => Buffer.from(text),
  requestDeserialize: String,
  responseSerialize: (text) => Buffer.from(text),
  responseDeserialize: String,
};
const server = new grpc.Server();
server.addService({ Say: method }, { Say: (call, done) => setTimeout(() => done(null, call.request), 50) });
const port = await new Promise((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  );
});
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
const { path, requestSerialize, responseDeserialize } = method;
const outcome = (days) =>
  new Promise((resolve) => {
    const deadline = Date.now() + days * 86_400_000;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "hello", { deadline }, (error) =>
      resolve(error ? grpc.status[error.code] : "answered"),
    );
  });
const seen = [];
for (const days of [1, 24, 30, 49, 50]) seen.push(`${days} day${days > 1 ? "s" : ""} ${await outcome(days)}`);
client.close();
server.forceShutdown();
console.log("@grpc/grpc-js 1.14.7");
console.log("guess:     calls with a distant deadline are answered");
console.log("behaviour: from 24.9 to 49.7 days they have passed at once");
console.log(`seen:      ${seen.join(", ")}`);
const expected =
  "1 day answered, 24 days answered, 30 days DEADLINE_EXCEEDED, 49 days DEADLINE_EXCEEDED, 50 days answered";
process.exit(seen.join(", ") === expected ? 0 : 1);
END
node run.mjs

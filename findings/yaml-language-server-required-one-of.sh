#!/usr/bin/env bash
# yaml-language-server completes a mapping whose required field has `oneOf` with the bare key, without its colon.
#
# Surprise: for a list of mappings with one required field, the completion of the list inserts "- lines: " if the field's
# schema has `anyOf`, and "- " without the field if it has `oneOf` with the same alternatives. And over a value whose
# schema has `anyOf` with branches without titles, the hover shows the field's title twice ("lines || lines"), though one
# branch alone matches; with `oneOf` it shows it once. So neither form of the same schema is right in both places.
# A good guess would have been: both keywords behave alike where exactly one branch can match.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-save --ignore-scripts yaml-language-server@1.25.0
cat >client.mjs <<'JAVASCRIPT'
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const branches = [{ type: "string", pattern: "^[0-9]+-[0-9]+$" }, { type: "integer" }];
const schema = (keyword) => ({
  type: "object",
  properties: {
    lines: { title: "lines", description: "A line or a range.", [keyword]: branches },
    parts: {
      type: "array",
      items: { type: "object", required: ["lines"], properties: { lines: { title: "lines", [keyword]: branches } } },
    },
  },
});

async function look(keyword) {
  writeFileSync(`${keyword}.json`, JSON.stringify(schema(keyword)));
  const server = spawn("node", ["node_modules/yaml-language-server/bin/yaml-language-server", "--stdio"]);
  const waiting = new Map();
  let received = Buffer.alloc(0), count = 0;
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method, params) =>
    new Promise((resolve) => { waiting.set(++count, resolve); send({ id: count, method, params }); });
  server.stdout.on("data", (data) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, end))[1]);
      if (received.length < end + 4 + length) return;
      const message = JSON.parse(received.subarray(end + 4, end + 4 + length));
      received = received.subarray(end + 4 + length);
      if (message.method && message.id !== undefined) send({ id: message.id, result: null });
      else if (waiting.has(message.id)) waiting.get(message.id)(message.result);
    }
  });
  await request("initialize", {
    processId: process.pid, rootUri: null,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  send({ method: "initialized", params: {} });
  const uri = `file://${process.cwd()}/${keyword}.yaml`;
  const text = `# yaml-language-server: $schema=${keyword}.json\nlines: 1\n\n`;
  send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text } } });
  const textDocument = { uri };
  const found = await request("textDocument/completion", { textDocument, position: { line: 2, character: 0 } });
  const hover = await request("textDocument/hover", { textDocument, position: { line: 1, character: 2 } });
  server.kill();
  const item = (found.items ?? found).find((each) => each.label === "parts");
  return { inserted: item.insertText, title: hover.contents.value.split("\n")[0] };
}

const seen = { anyOf: await look("anyOf"), oneOf: await look("oneOf") };
console.log("yaml-language-server 1.25.0, node", process.version);
console.log(JSON.stringify(seen, null, 2));
const expected =
  seen.anyOf.inserted.includes("lines: ") && !seen.oneOf.inserted.includes("lines: ") &&
  seen.anyOf.title === "#### lines || lines" && seen.oneOf.title === "#### lines";
console.log(expected ? "as described" : "the behavior has changed");
process.exit(expected ? 0 : 1);
JAVASCRIPT
node client.mjs

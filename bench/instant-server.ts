import { createServer } from "node:http";

/** A process that answers every request at once, as Slack answers a call that went well. Its first line is its port. */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(address !== null && typeof address === "object" ? address.port : "");
});
// It ends with the process that started it, however that ended.
process.stdin.resume().once("close", () => process.exit(0));

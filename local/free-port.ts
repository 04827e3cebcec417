import { once } from "node:events";
import { createServer } from "node:net";

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port on loopback");
  return address.port;
}

export function isPort(text: string): boolean {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** The port somebody asked for. Throws when it is no port, or taken. */
export async function gatewayPort(asked: string): Promise<number> {
  if (!isPort(asked)) throw new Error(`BUGBOT_PORT must be a port, not ${asked}.`);
  const port = Number(asked);
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(`Port ${port} is taken. Set BUGBOT_PORT to another one.`, { cause });
  }
  server.close();
  await once(server, "close");
  return port;
}

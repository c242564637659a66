// A real HTTP EC2 and STS on loopback (moto_server), the plain AWS CLI to fill it, and a gate in front of it that can fail
// at a chosen call. Nothing here reaches beyond 127.0.0.1.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What the live tests need and this machine lacks; empty where they can run. */
export function missingTools(): readonly string[] {
  return ["moto_server", "aws"].filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
}

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts moto_server and waits until it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
    const answers = await fetch(`${url}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error("moto_server did not answer within 30 seconds");
}

export type Credentials = Readonly<Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY", string>> & {
  readonly AWS_SESSION_TOKEN?: string;
};

/** One call of the AWS CLI against the server; gives its answer. */
export function awsCli(url: string, credentials: Credentials, args: readonly string[]): Record<string, unknown> {
  const run = spawnSync("aws", [...args, "--output", "json"], {
    encoding: "utf8",
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_CONFIG_FILE: "/nonexistent/config",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
      AWS_EC2_METADATA_DISABLED: "true",
      ...credentials,
    },
  });
  if (run.status !== 0) throw new Error(`aws ${args.join(" ")} ended with ${run.status}: ${run.stderr}`);
  return run.stdout.trim() === "" ? {} : (JSON.parse(run.stdout) as Record<string, unknown>);
}

export interface Gate {
  readonly url: string;
  /** The actions that passed, in order: "DescribeSecurityGroups". */
  readonly passed: readonly string[];
  stop(): Promise<void>;
}

/** A way to `target` that calls `before` with the access key and the action of each request before it passes. */
export async function openGate(
  target: string,
  before: (accessKey: string, action: string) => Promise<void>,
): Promise<Gate> {
  const passed: string[] = [];
  const server: Server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const action = new URLSearchParams(body.toString("utf8")).get("Action") ?? "?";
      const accessKey = /Credential=([^/]+)/.exec(incoming.headers.authorization ?? "")?.[1] ?? "";
      const pass = async (): Promise<void> => {
        await before(accessKey, action);
        passed.push(action);
        const onward = request(
          `${target}${incoming.url ?? "/"}`,
          { method: incoming.method ?? "POST", headers: { ...incoming.headers } },
          (reply) => {
            answer.writeHead(reply.statusCode ?? 502, reply.headers);
            reply.pipe(answer);
          },
        );
        // As a client sees a server that has gone: the connection breaks.
        onward.on("error", () => answer.destroy());
        onward.end(body);
      };
      pass().catch(() => answer.destroy());
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

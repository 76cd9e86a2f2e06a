import { once } from "node:events";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { freshet, freshetJson, startFreshet, temporaryDirectory } from "../support/freshet.js";

/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;

it(
  "asks for keys behind a proxy, of requests from this machine too",
  async () => {
    const directory = temporaryDirectory();
    onTestFinished(() => directory.remove());
    const common = ["--app", "examples/github/freshet.config.ts", "--data", join(directory.path, "data")];
    const behind = (command: string, proxy: string) => [
      command,
      ...common,
      "--port",
      "0",
      "--trust-proxy",
      proxy,
      "--json",
    ];
    const [unknown, keyless] = await Promise.all(
      ["nonsense", "loopback,10.0.0.0/8"].map((proxy) => freshet(...behind("dev", proxy))),
    );
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/expected addresses, networks/) });
    expect(keyless).toMatchObject({
      stderr: expect.stringMatching(/behind a proxy needs a key.*freshet keys create/),
    });
    expect(keyless?.code).not.toBe(0);

    const { key } = await freshetJson<{ key: string }>("keys", "create", "x", "--scopes", "read", ...common);
    const { child, done } = startFreshet(behind("serve", "loopback"));
    onTestFinished(() => void child.kill("SIGKILL"));
    const [printed] = (await once(child.stdout ?? child, "data")) as readonly unknown[];
    const { address } = JSON.parse(String(printed)) as { readonly address: string };
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${address}/v1/metrics`, { headers })).status;
    expect([await ask({}), await ask({ authorization: `Bearer ${key}` })]).toEqual([401, 200]);
    child.kill("SIGTERM");
    expect((await done).code).toBe(0);
  },
  TIMEOUT_MS,
);

// Firefox, driven by its own protocol, Marionette: JSON on the loopback, which needs no driver beside the browser. What
// playwright speaks to it by asks more than the long-term release has.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tab, Tabs } from "./browser.ts";

export const firefoxPath = process.env["VOXGRAD_FIREFOX"] ?? "/usr/bin/firefox-esr";

/** Whether there is a Firefox. */
export const hasFirefox = existsSync(firefoxPath);

/** A port that is free, and no page of a first run. */
const preferences = ['"marionette.port", 0', '"browser.aboutwelcome.enabled", false', '"toolkit.telemetry.reportingpolicy.firstRun", false']; // prettier-ignore

type Send = <Value>(command: string, parameters?: object) => Promise<Value>;

/** Begins a Firefox without a window. */
export async function openFirefox(): Promise<Tabs<Tab>> {
  const profile = await mkdtemp(join(tmpdir(), "voxgrad-firefox-"));
  await writeFile(join(profile, "user.js"), preferences.map((each) => `user_pref(${each});\n`).join(""));
  const flags = ["--headless", "--no-remote", "--marionette", "--profile", profile];
  const browser = spawn(firefoxPath, flags, { stdio: "ignore" });
  const ended = new Promise<void>((done) => browser.once("exit", () => done()));
  const kill = () => void browser.kill();
  process.once("exit", kill); // where a test ends before it has closed its browser
  const socket = connect(await portOf(profile, browser), "127.0.0.1");
  const send = speak(socket);
  const session = { alwaysMatch: { timeouts: { script: 300_000, pageLoad: 60_000 } } };
  await send("WebDriver:NewSession", { capabilities: session });
  const { value: first } = await send<{ value: string }>("WebDriver:GetWindowHandle");

  /** The protocol has one tab that is meant: one thing is done after another. */
  let last: Promise<unknown> = Promise.resolve();
  const inTab = <Value>(handle: string, act: () => Promise<Value>): Promise<Value> => {
    const next = last.then(() => send("WebDriver:SwitchToWindow", { handle, focus: false })).then(act);
    last = next.catch(() => undefined);
    return next;
  };

  return {
    said: [],
    async open(address) {
      // Asked for from a tab that stays.
      const { handle } = await inTab(first, () =>
        send<{ handle: string }>("WebDriver:NewWindow", { type: "tab", focus: true }),
      );
      await inTab(handle, () => send("WebDriver:Navigate", { url: address }));
      return {
        async evaluate<Value>(expression: string) {
          // In a global of its own behind which the page's is, without the glass that such scripts otherwise look through.
          const given = { script: `return (${expression})`, args: [], sandbox: null };
          return (await inTab(handle, () => send<{ value: Value }>("WebDriver:ExecuteScript", given))).value;
        },
        close: () => inTab(handle, () => send("WebDriver:CloseWindow")),
      };
    },
    async close() {
      socket.destroy();
      kill();
      await ended;
      process.off("exit", kill);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where the browser listens, once it does. */
async function portOf(profile: string, browser: ChildProcess): Promise<number> {
  for (;;) {
    const port = Number(await readFile(join(profile, "MarionetteActivePort"), "utf8").catch(() => ""));
    if (port > 0) return port;
    if (browser.exitCode !== null) throw new Error(`${firefoxPath}: ended with ${browser.exitCode} before it listened`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

type Answer = readonly [type: number, id: number, error: { readonly error: string; readonly message: string } | null, value: unknown]; // prettier-ignore

/** Messages are JSON behind their length in bytes and a colon; the first is a greeting. */
function speak(socket: Socket): Send {
  const waiting = new Map<number, (answer: Answer) => void>();
  let heard: Buffer = Buffer.alloc(0);
  let count = 0;
  socket.on("data", (part: Buffer) => {
    heard = Buffer.concat([heard, part]);
    for (;;) {
      const colon = heard.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(heard.subarray(0, colon).toString());
      if (heard.length < end) return;
      const message = JSON.parse(heard.subarray(colon + 1, end).toString("utf8")) as
        Answer | Readonly<Record<string, unknown>>;
      heard = heard.subarray(end);
      if (1 in message) waiting.get(message[1] as number)?.(message as Answer);
    }
  });
  const failed = new Promise<never>((_, reject) => {
    socket.once("close", () => reject(new Error("firefox: it ended before it had answered")));
  });
  failed.catch(() => undefined);
  socket.on("error", () => undefined); // the end follows
  return <Value>(command: string, parameters: object = {}) => {
    const id = ++count;
    const text = JSON.stringify([0, id, command, parameters]);
    const answer = new Promise<Value>((resolve, reject) => {
      waiting.set(id, ([, , error, value]) => {
        waiting.delete(id);
        if (error) reject(new Error(`${command}: ${error.error}: ${error.message}`));
        else resolve(value as Value);
      });
    });
    socket.write(`${Buffer.byteLength(text)}:${text}`);
    return Promise.race([answer, failed]);
  };
}

// Two tabs of one window, driven by the browser's own protocol: playwright makes every page believe that it is in front.
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface Tabs {
  /** Evaluates an expression in a tab; what it promises is waited for. */
  evaluate(tab: string, expression: string): Promise<unknown>;
  open(address: string): Promise<string>;
  bringToFront(tab: string): Promise<void>;
  close(): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export function openTabs(program: string, flags: readonly string[], profile: string): Tabs {
  const given = [...flags, "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
  const browser = spawn(program, given, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [, , , input, output] = browser.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  const sessions = new Map<string, string>();
  let text = "";
  let count = 0;
  output.setEncoding("utf8").on("data", (part: string) => {
    const messages = (text + part).split("\0");
    text = messages.pop() ?? "";
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    }
  });

  function send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++count;
    input.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) => (result ? resolve(result) : reject(new Error(error?.message))));
    });
  }

  return {
    async open(address) {
      const { targetId } = (await send("Target.createTarget", { url: address })) as { targetId: string };
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      sessions.set(targetId, sessionId as string);
      return targetId;
    },
    async evaluate(tab, expression) {
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = (await send("Runtime.evaluate", asked, sessions.get(tab))) as {
        result: { value?: unknown };
        exceptionDetails?: { text: string };
      };
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result.value;
    },
    async bringToFront(tab) {
      await send("Target.activateTarget", { targetId: tab });
    },
    close: () => void browser.kill(),
  };
}

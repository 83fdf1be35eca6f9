// Lets the event loop turn now and then during a long run, so that signals, timers and a page stay alive.

/** Resolves at once, or after one turn of the event loop when the last turn was too long ago. */
export type Breathe = () => Promise<void> | undefined;

/** @param milliseconds how long to compute between two turns. */
export function createBreathe(milliseconds = 12): Breathe {
  let last = performance.now();
  return () => {
    if (performance.now() - last < milliseconds) return undefined;
    return turn().then(() => {
      last = performance.now();
    });
  };
}

/** One turn of the event loop; a message, since nested timers wait at least 4 milliseconds in browsers. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

// What the main thread spends beside the frames' own work: in the graphics driver, and on what the city tells. Only with ?debug.
import type { SocketConstructor } from "madang";

/** Milliseconds since the page was opened, and how many messages came. */
export const spent = { driver: 0, heard: 0, messages: 0 };

export const isDebug = new URLSearchParams(location.search).has("debug");

/** From now on every call of this context counts as the driver's time. A clock's coarse steps even out over many calls. */
export function watchDriver(context: WebGL2RenderingContext): void {
  const own = context as unknown as Record<string, unknown>;
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(WebGL2RenderingContext.prototype))) {
    const call = own[name];
    if (typeof call !== "function" || name === "constructor") continue;
    own[name] = (...given: unknown[]) => {
      const began = performance.now();
      try {
        return call.apply(context, given);
      } finally {
        spent.driver += performance.now() - began;
      }
    };
  }
}

/** A WebSocket of which is known how long the page takes to hear each message. */
class Watched extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    let began = 0;
    this.addEventListener("message", () => {
      began = performance.now();
    });
    // who listens by then was asked before this one, so what is between the two is the hearing
    this.addEventListener("open", () =>
      this.addEventListener("message", () => {
        spent.heard += performance.now() - began;
        spent.messages++;
      }),
    );
  }
}

export const WatchedSocket = Watched as SocketConstructor;

// Where a city is found: its WebSocket, and its HTTP beside it.

/** http://host:port or ws://host:port/ws -> the address of the WebSocket; raises TypeError. */
export function socketUrl(url: string): string {
  const at = new URL(url);
  const scheme = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" }[at.protocol];
  if (!scheme) throw new TypeError(`${url} is no address of a city, such as http://127.0.0.1:8080`);
  return `${scheme}//${at.host}${at.pathname === "/" ? "/ws" : at.pathname}${at.search}`;
}

/** The address of a city's HTTP beside its WebSocket. */
export function httpUrl(url: string): string {
  const at = new URL(socketUrl(url));
  return `${at.protocol === "wss:" ? "https:" : "http:"}//${at.host}`;
}

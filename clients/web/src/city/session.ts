// The line to the city: coming in, hearing, and telling the page how it is. One client for as long as the page is open.
import { type Avatar, Client, Lost, Parted, Refused, type Words } from "madang";
import { district } from "./plan";
import { isDebug, WatchedSocket } from "./spent";
import {
  addLine,
  client,
  district as ground,
  halls,
  type Line,
  language,
  link,
  notice,
  population,
  told,
} from "./state";
import { type Key, of, say, sayMaybe } from "./texts";

const TOKEN = "madang.token";

/** What one showed to come in as oneself; it lives as long as this window. */
export function token(): string | null {
  try {
    return sessionStorage.getItem(TOKEN) ?? held;
  } catch {
    return held;
  }
}

function setToken(given: string | null): void {
  try {
    if (given) sessionStorage.setItem(TOKEN, given);
    else sessionStorage.removeItem(TOKEN);
  } catch {
    held = given;
  }
}

/** A one-time code for the plain page of another device, as who one is here; null where the city gives none now. */
export async function codeForAnother(): Promise<{ code: string; valid_ms: number } | null> {
  try {
    const told = await fetch("/api/codes", {
      method: "POST",
      headers: { Authorization: `Bearer ${token() ?? held}` },
    });
    return told.ok ? await told.json() : null;
  } catch {
    return null;
  }
}

/** Whether one came in as oneself. */
export function isKnown(): boolean {
  return Boolean(token() ?? held);
}

/** For windows that store nothing. */
let held: string | null = null;

/** A one-time code as people type it: eight letters, with or without what parts them. */
const CODE = /^[0-9A-Za-z]{4}([\s-]?[0-9A-Za-z]{4}){1,2}$/;

/** What one typed is no code that is good now. */
class WrongCode extends Error {}

/** A code for a ticket, which is good for one session; so nothing of it is kept. */
async function redeem(code: string): Promise<string> {
  const answer = await fetch("/api/codes/redeem", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) return ((await answer.json()) as { ticket: string }).ticket;
  if (answer.status === 401 || answer.status === 422) throw new WrongCode();
  const told = (await answer.json()) as { message: string; retry_after_ms?: number };
  throw new Refused({ type: "refused", id: 0, code: "too_fast", ...told });
}

export interface Coming {
  name: string;
  avatar: Avatar | undefined;
  locale: string;
  /** A token or a one-time code; empty for who comes as a visitor. */
  identity: string;
}

/** Comes in; resolves when welcomed, rejects with what the SDK raises. */
export async function come({ name, avatar, locale, identity }: Coming): Promise<Client> {
  client.value?.close();
  link.value = { state: "coming" };
  const isCode = CODE.test(identity);
  const shown = isCode ? { ticket: await redeem(identity) } : identity ? { token: identity } : {};
  setToken(isCode ? null : identity || null);
  const made = new Client(location.origin, {
    locale,
    client: "madang-web",
    ...(name && { name }),
    ...(avatar && { avatar }),
    ...shown,
    ...(isDebug && { WebSocket: WatchedSocket }),
  });
  client.value = made;
  attend(made);
  await made.welcomed;
  return made;
}

/** How near to a place that is closed for now one is told why, and not only that one may not enter, in metres. */
const BESIDE_M = 3;

function closedBeside(zones: Words.ZoneCard[], x: number, z: number): Words.Text | null | undefined {
  return zones.find(({ closed, polygon }) => {
    if (!closed) return false;
    const [xs, zs] = [polygon.map(([px]) => px), polygon.map(([, pz]) => pz)];
    const isNear = (at: number, of: number[]) =>
      at > Math.min(...of) - BESIDE_M && at < Math.max(...of) + BESIDE_M;
    return isNear(x, xs) && isNear(z, zs);
  })?.closed;
}

function attend(made: Client): void {
  const isOurs = () => client.value === made;
  let was: string = "coming";
  made.on("state", ({ state, goodbye, error, retryInMs, resumed }) => {
    if (!isOurs()) return;
    if (state === "here" && was === "away") notice(say(resumed ? "link.back" : "link.anew"), "good");
    was = state;
    link.value = {
      state,
      ...(goodbye && { code: goodbye.code, message: goodbye.message }),
      // a ticket is good for one session
      ...(error instanceof Lost && { code: "spent" }),
      ...(retryInMs !== undefined && { retryAt: performance.now() + retryInMs }),
    };
  });
  made.on("arrived", (place) => {
    if (!isOurs()) return;
    // how many are here is told a moment later
    if (told.value?.district !== place.district) population.value = 0;
    told.value = place;
    halls.value = made.halls;
    void district(place.district).then((plan) => {
      if (told.value === place) ground.value = plan;
    });
  });
  made.on("district.crowd", (crowd) => {
    if (!isOurs()) return;
    population.value = crowd.population;
    halls.value = made.halls;
  });
  made.on("district.reseated", ({ hall }) => {
    if (!isOurs()) return;
    halls.value = made.halls;
    notice(say("halls.reseated", { n: hall + 1 }), "plain", 12_000);
  });
  made.on("district.supervised", ({ zones, state, may_enter, text }) => {
    if (!isOurs() || !told.value) return;
    const turned = (zone: Words.ZoneCard): Words.ZoneCard => {
      if (!zones.includes(zone.id)) return zone;
      const { closed: _, ...card } = zone;
      return state === "open" || may_enter ? { ...card, may_enter } : { ...card, may_enter, closed: text };
    };
    told.value = { ...told.value, zones: told.value.zones.map(turned) };
    notice(of(text), state === "open" ? "good" : "bad", 15_000);
  });
  made.on("citizen.changed", ({ may_enter }) => {
    if (!isOurs() || !told.value || !may_enter) return;
    const zones = told.value.zones.map((zone) => ({ ...zone, may_enter: may_enter.includes(zone.id) }));
    told.value = { ...told.value, zones };
  });
  made.on("avatar.shown", ({ until }) => {
    if (isOurs()) notice(say(until ? "look.veiled" : "look.shown"), until ? "bad" : "good", 9000);
  });
  let toldAt = 0;
  made.on("avatar.moved_back", ({ reason, x, z }) => {
    if (!isOurs() || performance.now() - toldAt < 3000) return;
    toldAt = performance.now();
    const closed = reason === "not_allowed" ? closedBeside(told.value?.zones ?? [], x, z) : undefined;
    notice(closed ? of(closed) : say(`moved_back.${reason}` as Key), "bad", closed ? 9000 : 3000);
  });
  made.on("chat.said", ({ message, from, to, text, at }) => {
    if (!isOurs() || from.citizen === made.citizen.id) return;
    addLine({ key: message, from: from.name, citizen: from.citizen, to, text, at, mine: false });
  });
}

/** Says a line, and shows it as one's own once the city has it; raises Refused. */
export async function speakUp(
  text: string,
  to: Line["to"],
  whom?: { citizen: string; name: string },
): Promise<number> {
  const made = client.value!;
  const said = (await made.say(text, to, whom?.citizen)) as {
    message: string;
    heard_by: number;
    state?: string;
  };
  addLine({
    key: said.message,
    from: made.citizen.name,
    citizen: made.citizen.id,
    to,
    text,
    at: made.serverTime,
    mine: true,
    ...(whom && { whom: whom.name }),
    held: said.state === "held",
  });
  return said.heard_by;
}

/** Why something was not done, in words; and at which field, of those that were `asked` where they are given. */
export function why(
  error: unknown,
  asked: Record<string, unknown> = {},
): { text: string; field: string | undefined } {
  if (error instanceof Refused) {
    const { code, field, message } = error;
    if (code === "bad_message" && field && typeof asked[field] === "string" && !asked[field].trim())
      return { text: say("required"), field };
    const general = sayMaybe(`refused.${code}.${field}`, sayMaybe(`refused.${code}`, message));
    // the city says it more exactly, in English
    const isExact = message && code === "bad_message" && language.value === "en";
    return { text: isExact ? `${general} (${message})` : general, field };
  }
  if (error instanceof WrongCode) return { text: say("arrival.code_wrong"), field: "token" };
  if (error instanceof Lost) return { text: say("refused.lost"), field: undefined };
  if (error instanceof Parted)
    return { text: sayMaybe(`goodbye.${error.goodbye.code}`, error.goodbye.message), field: undefined };
  return { text: say("refused.unavailable"), field: undefined };
}

/** Asks, and tells by a notice when it was refused; whether it was done. */
export async function attempt(asked: Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await asked;
    if (done) notice(done, "good");
    return true;
  } catch (error) {
    notice(why(error).text, "bad");
    return false;
  }
}

// A citizen as a program: comes into the city, stays over broken lines, asks, hears, walks, sees.
import { httpUrl, socketUrl } from "./address.ts";
import { Asked } from "./asked.ts";
import { Cards } from "./cards.ts";
import { EASE, eased, Lateness, ServerClock } from "./clock.ts";
import { type Ext, FRAME_EXT, type Message, TILES_EXT } from "./codec.ts";
import { Lost, Parted, Unreachable } from "./faults.ts";
import { Files } from "./files.ts";
import {
  type Avatar,
  type AvatarChanged,
  type AvatarMovedBack,
  type ChatSay,
  type CitizenCard,
  type CitizenChanged,
  type Commands,
  type DistrictCrowd,
  type DistrictEnter,
  type DistrictReseated,
  ENDINGS,
  type Goodbye,
  type Hello,
  type Limits,
  type Place,
  PROTOCOL,
  READING,
  type Refused as RefusedAnswer,
  type Resume,
  type Said,
  type Welcome,
} from "./generated/words.ts";
import { type Halls, hallsOf, ONE_HALL, type Seat } from "./halls.ts";
import { type Hearer, Line } from "./line.ts";
import { type Fact, type Heard, Listeners, type State, type StateChange } from "./listeners.ts";
import { Crowd, Picture } from "./picture.ts";
import { readFrame, readTiles, type Tile } from "./poses.ts";
import { BACKOFF, type Backoff, type Surroundings, surroundings, waitMs } from "./surroundings.ts";
import { POSE_HZ, Walker } from "./walker.ts";

/** A connection that held so long is no failed attempt. */
const STEADY_MS = 10_000;

export interface Options extends Partial<Surroundings> {
  /** Who the citizen is; a function is asked again for every new session. Without one, a visitor. */
  token?: string | (() => string | Promise<string>);
  /** A join ticket in place of a token: good for one session, with all its resumptions. */
  ticket?: string;
  /** What a visitor wants to be called. */
  name?: string;
  /** The language of texts made for this citizen, as `ko` or `en`. */
  locale?: string;
  avatar?: Avatar;
  /** The program's name and version, for the server's log. */
  client?: string;
  backoff?: Backoff;
  /** Goes on trying where no city answers at first, too. */
  patient?: boolean;
}

export interface AskOptions {
  /** What is done under a key is done once; every lasting command has one of its own unless you give another. */
  key?: string;
}

/** Comes into the city at `http://host:port`; resolves when welcomed, rejects with Unreachable or Parted. */
export async function connect(url: string, options: Options = {}): Promise<Client> {
  const client = new Client(url, options);
  await client.welcomed;
  return client;
}

export class Client {
  /** Resolves at the first welcome; rejects with Unreachable or Parted. */
  readonly welcomed: Promise<Welcome>;
  /** One's own avatar. */
  readonly me: Walker;
  /** Files of petitions: they go over HTTP, by the token; who came by a ticket has none. */
  readonly files: Files;
  /** Who is behind the slots one sees. */
  readonly cards: Cards;
  /** The newest welcome. */
  welcome: Welcome | undefined;
  /** What one sees of the district; undefined before the first `enter`. */
  picture: Picture | undefined;
  /** How many are in the district, as last told. */
  population = 0;
  /** One's hall of the district, how many are in each by its number, and the seats of each; one alone has no numbers. */
  halls: Halls = ONE_HALL;

  readonly #around: Surroundings;
  readonly #url: string;
  readonly #backoff: Backoff;
  readonly #asked = new Asked(READING);
  readonly #clock = new ServerClock();
  readonly #lateness = new Lateness();
  readonly #listeners: Listeners;
  readonly #hello: Hello;
  #state: State = "coming";
  #line: Line | undefined;
  #resume: Resume | undefined;
  #failed = 0;
  #unretry: (() => void) | undefined;
  readonly #unlisten: () => void;
  #crowd = new Crowd();
  #shownAt = 0;
  #behindMs = 0;
  #cameIn: (welcome: Welcome) => void = () => {};
  #keptOut: (error: Error) => void = () => {};

  constructor(
    url: string,
    readonly options: Options = {},
  ) {
    this.#around = surroundings(options);
    this.#listeners = new Listeners((ms, then) => this.#around.after(ms, then));
    this.#url = socketUrl(url);
    this.#backoff = options.backoff ?? BACKOFF;
    this.files = new Files(httpUrl(url), () =>
      typeof options.token === "function" ? options.token() : options.token,
    );
    this.#hello = {
      type: "hello",
      protocol: PROTOCOL,
      name: options.name,
      locale: options.locale,
      avatar: options.avatar,
      client: options.client ?? "madang-typescript",
    };
    this.me = new Walker(
      this.#around,
      (pose) => this.#state === "here" && this.#line!.sayPose(pose),
      () => this.picture?.stand(this.me.x, this.me.z),
    );
    this.cards = new Cards(
      this.#around,
      () => this.picture,
      async (slots) => (await this.ask("avatar.who", { slots })).avatars,
    );
    this.welcomed = new Promise((cameIn, keptOut) => {
      this.#cameIn = cameIn;
      this.#keptOut = keptOut;
    });
    this.welcomed.catch(() => {});
    this.#unlisten = this.#around.whenOnline(() => (this.#unretry ? this.hurry() : this.#line?.doubt()));
    void this.#come();
  }

  // Where one is, and as whom.

  get state(): State {
    return this.#state;
  }

  /** Who the city takes this client for; raises before the first welcome. */
  get citizen(): CitizenCard {
    return this.#welcome.citizen;
  }

  /** The limits a client should keep; raises before the first welcome. */
  get limits(): Limits {
    return this.#welcome.limits;
  }

  get #welcome(): Welcome {
    if (!this.welcome) throw new Error("not welcomed yet: await client.welcomed");
    return this.welcome;
  }

  /** The district where one is; raises before the first `enter`. */
  get place(): Place {
    if (!this.picture) throw new Error("enter a district first");
    return this.picture.place;
  }

  /** Milliseconds since 1970 by the server's clock. */
  get serverTime(): number {
    return this.#clock.at(this.#around.now());
  }

  /** Milliseconds to the server and back, the least of late; undefined before the first answer. */
  get roundTripMs(): number | undefined {
    return this.#clock.roundTripMs;
  }

  /** How far behind the server's clock near ones are shown now, in milliseconds. */
  get behindMs(): number {
    return this.#behindMs + (this.picture?.intervalMs ?? 0);
  }

  // What is asked.

  /** Gives any command; resolves with its result, rejects with Refused, Lost or Parted. Waits while one is away. */
  ask<T extends keyof Commands>(
    type: T,
    ...given: object extends Commands[T]["asks"]
      ? [fields?: Commands[T]["asks"], options?: AskOptions]
      : [fields: Commands[T]["asks"], options?: AskOptions]
  ): Promise<Commands[T]["answer"]> {
    const [fields = {}, options = {}] = given;
    if (this.#state === "parted") return Promise.reject(this.#over);
    const key = options.key ?? (READING.has(type) || type === "avatar.who" ? undefined : this.#newKey());
    const { id, answer } = this.#asked.give(type, fields, key);
    if (this.#state === "here") this.#line?.say(this.#asked.sending(id));
    return answer as Promise<Commands[T]["answer"]>;
  }

  #newKey(): string {
    const part = () => Math.floor(this.#around.random() * 2 ** 48).toString(36);
    return `${part()}-${part()}`;
  }

  /**
   * Goes into a district: where one arrives, or `at` a portal, in a zone, near a place; into a hall of it, or beside someone
   * who was near just now. Within the district a hall alone is crossed into where one stands.
   */
  enter(district: string, at?: DistrictEnter["at"], seat: Seat = {}): Promise<Place> {
    return this.ask("district.enter", { district, at, ...seat });
  }

  /** Says a line: to those nearby, or to the zone, the district, one citizen. */
  say(text: string, to: ChatSay["to"] = "nearby", citizen?: string): Promise<Said> {
    return this.ask("chat.say", { text, to, citizen });
  }

  /** Makes a gesture for 3 s, such as STANCE.wave. */
  async emote(emote: number): Promise<void> {
    await this.ask("avatar.emote", { emote });
  }

  /** Looks different from now on. */
  async change(avatar: Avatar): Promise<void> {
    this.#hello.avatar = avatar;
    await this.ask("avatar.change", { avatar });
  }

  // What is heard and seen.

  /** Calls `listener` for each of these; what it returns ends that. */
  on<K extends keyof Heard>(word: K, listener: (heard: Heard[K]) => void): () => void {
    return this.#listeners.on(word, listener);
  }

  /** Whom one sees, where they are to be drawn now; the same object is filled anew every time. */
  others(): Crowd {
    const crowd = this.#crowd;
    const picture = this.picture;
    if (!picture) {
      crowd.count = 0;
      return crowd;
    }
    const now = this.#around.now();
    const easeMs = (now - this.#shownAt) * EASE;
    const wanted = this.#lateness.behindMs(picture.intervalMs);
    this.#behindMs = eased(this.#behindMs || wanted, wanted, easeMs);
    this.#shownAt = now;
    return picture.show(crowd, this.#clock.at(now), this.#behindMs, easeMs);
  }

  /** The crowd beyond the view, by tiles. */
  get tiles(): readonly Tile[] {
    return this.picture?.tiles ?? [];
  }

  // Coming, staying, leaving.

  /** Comes back at once where one is away and waits for the next attempt. */
  hurry(): void {
    if (!this.#unretry) return;
    this.#unretry();
    this.#unretry = undefined;
    void this.#come();
  }

  /** Says goodbye; what was not answered rejects. */
  close(): void {
    this.#part(new Parted({ type: "goodbye", code: "bye", message: "closed here", retry: "never" }));
    this.#line?.close();
  }

  /** Why the session is over for good; undefined before it is. */
  get whyOver(): Error | undefined {
    return this.#whyOver;
  }

  get #over(): Error {
    return this.#whyOver ?? new Unreachable("parted");
  }
  #whyOver: Error | undefined;

  #part(error: Error): void {
    if (this.#state === "parted") return;
    this.#whyOver = error;
    this.#unretry?.();
    this.#unretry = undefined;
    this.#unlisten();
    this.me.rest();
    this.#asked.lose(error);
    this.#keptOut(error);
    const goodbye = error instanceof Parted ? error.goodbye : undefined;
    this.#change({ state: "parted", error, goodbye });
  }

  #change(change: StateChange): void {
    this.#state = change.state;
    this.#listeners.tell("state", change);
  }

  async #come(): Promise<void> {
    const hello: Hello = { ...this.#hello, resume: this.#resume };
    if (!this.welcome) hello.ticket = this.options.ticket;
    try {
      const { token } = this.options;
      const given = typeof token === "function" ? await token() : token;
      if (given !== undefined) hello.token = given;
    } catch (error) {
      if (!this.#resume) {
        this.#left(undefined, error as Error, this.#around.now());
        return;
      }
    }
    if (this.#state === "parted") return;
    const beganAt = this.#around.now();
    const hearer: Hearer = {
      welcomed: (welcome) => this.#arriveInCity(welcome),
      heard: (message) => this.#hear(message),
      shown: (ext) => this.#see(ext),
      ponged: (sentMs, serverMs) => this.#clock.pong(sentMs, this.#around.now(), serverMs),
      ended: (goodbye, error) => this.#left(goodbye, error, beganAt),
    };
    this.#line = new Line(this.#around, this.#url, hello, hearer);
  }

  #left(goodbye: Goodbye | undefined, error: Error, beganAt: number): void {
    if (this.#state === "parted") return;
    this.me.rest();
    // A line that was never welcomed changes nothing: the ticket of the one before is as good as it was.
    if (this.#line?.welcome)
      this.#resume = this.#line?.ticket((said) => ENDINGS[said.code]?.resumable ?? said.retry === "now");
    if (goodbye?.retry === "never" || (!this.welcome && !this.options.patient)) {
      this.#part(goodbye ? new Parted(goodbye) : error);
      return;
    }
    this.#failed = this.#around.now() - beganAt > STEADY_MS ? 0 : this.#failed + 1;
    const asked = goodbye?.after_ms ?? 0;
    const retryInMs = waitMs(this.#backoff, Math.max(this.#failed - 1, 0), asked, this.#around.random());
    this.#unretry = this.#around.after(retryInMs, () => {
      this.#unretry = undefined;
      void this.#come();
    });
    this.#change({ state: this.welcome ? "away" : "coming", goodbye, error, retryInMs });
  }

  #arriveInCity(welcome: Welcome): void {
    const before = this.welcome;
    if (before && !welcome.resumed && this.options.ticket && !this.options.token) {
      // The ticket is spent, and one should not become a visitor without being told.
      this.#part(new Lost("the session is over: come in with a new ticket"));
      this.#line?.close();
      return;
    }
    this.welcome = welcome;
    this.#clock.guess(welcome.server_time, this.#around.now());
    this.#lateness.forget();
    this.cards.clear();
    this.me.poseHz = Math.min(POSE_HZ, welcome.limits.pose_hz || POSE_HZ);
    this.#state = "here";
    if (welcome.resumed) {
      if (welcome.place) this.#arrive(welcome.place as unknown as Place);
    } else {
      this.#asked.renew(before?.citizen.id === welcome.citizen.id);
      if (this.picture) this.#comeBack(this.picture.place.district);
    }
    for (const id of this.#asked.ids) this.#line!.say(this.#asked.sending(id));
    this.#cameIn(welcome);
    this.#change({ state: "here", resumed: welcome.resumed });
  }

  /** Into the district where one was before the session was over, as near as may be. */
  #comeBack(district: string): void {
    this.picture?.clear();
    if (this.#asked.waitsFor("district.enter")) return;
    this.enter(district, { x: this.me.x, z: this.me.z }).catch(() => this.enter(district));
  }

  #hear(message: Message): void {
    switch (message.type) {
      case "done":
        this.#done(message["id"] as number, message["result"]);
        break;
      case "refused":
        this.#asked.refused(message as unknown as RefusedAnswer);
        break;
      case "avatar.moved_back":
        this.#movedBack(message as unknown as AvatarMovedBack);
        break;
      case "avatar.changed":
        this.cards.changed(message as unknown as AvatarChanged);
        break;
      case "citizen.changed":
        this.#holds(message as unknown as CitizenChanged);
        break;
      case "district.crowd":
        this.#crowdTold(message as unknown as DistrictCrowd);
        break;
      case "district.reseated":
        this.halls = { ...this.halls, mine: (message as unknown as DistrictReseated).hall };
        break;
    }
    // `heard` is of the word's own type wherever this SDK knows the word.
    this.#listeners.tell(message.type as keyof Heard, message as never);
    if (typeof message["n"] === "number") this.#listeners.tell("fact", message as unknown as Fact);
  }

  #done(id: number, result: unknown): void {
    // Frames of the new district may follow in the same message, so one arrives before who asked is told.
    if (this.#asked.commandOf(id)?.type === "district.enter") this.#arrive(result as Place);
    this.#asked.done(id, result ?? undefined);
  }

  #arrive(place: Place): void {
    this.picture = new Picture(place);
    this.halls = hallsOf(place.hall ?? 0, place);
    this.cards.clear();
    this.me.put(place, "entered");
    this.#listeners.tell("arrived", place);
  }

  #movedBack(to: AvatarMovedBack): void {
    this.me.put(to, to.reason);
  }

  /** Other roles than before: the card of the welcome is this one now, and other zones may let one in. */
  #holds({ citizen, may_enter }: CitizenChanged): void {
    this.welcome = { ...this.#welcome, citizen };
    if (!may_enter || !this.picture) return;
    for (const zone of this.picture.place.zones) zone.may_enter = may_enter.includes(zone.id);
  }

  #crowdTold(told: DistrictCrowd): void {
    this.population = told.population;
    this.halls = hallsOf(this.halls.mine, told);
    if (this.picture && told.tick_hz > 0) this.picture.intervalMs = 1000 / told.tick_hz;
  }

  #see(ext: Ext): void {
    const picture = this.picture;
    if (!picture) return;
    if (ext.ext === FRAME_EXT) {
      const frame = readFrame(ext.data);
      picture.take(frame);
      // The tick tells 32 bits of the server's time: how old it is, is told by these alone.
      this.#lateness.came((this.serverTime - frame.tickMs) | 0);
    } else if (ext.ext === TILES_EXT) picture.tiles = readTiles(ext.data);
  }
}

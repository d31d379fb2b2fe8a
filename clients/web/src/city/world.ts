// The place as it is lived in: the loop that walks, looks and draws, and what of the city's telling it shows.

import { type AvatarCard, type Client, Crowd as Others, type Place as Told } from "madang";
import { Plane, Raycaster, Vector2, Vector3 } from "three";
import { lookAround } from "./at_hand";
import { Company } from "./crowd/company";
import { Crowd, type Self, type Shown } from "./crowd/crowd";
import { type Look, lookOf } from "./crowd/look";
import { drew, isLean } from "./pace";
import { type District, district as groundOf, type Language } from "./plan";
import { Drawing } from "./scene/drawing";
import { Gauge } from "./scene/gauge";
import { Labels } from "./scene/labels";
import { Place } from "./scene/place";
import { shared } from "./scene/shading";
import { Sky } from "./scene/sky";
import { spent } from "./spent";
import { isMoving, settings } from "./state";
import { Barriers } from "./walk/barriers";
import { Eye } from "./walk/camera";
import { Controls, type Stick } from "./walk/controls";
import { wayTo } from "./walk/path";
import { Stance, Stride } from "./walk/stride";

/** Noon of an autumn day, for who wants it light. */
const DAY_HOUR = 11;

/** A click on the ground goes no further, metres. */
const FURTHEST_M = 160;

/** The city tells once a second who is beyond the view. */
const TILES_MS = 1000;

/** What need not be looked at in every frame comes so often, and its parts in frames of their own where these are many. */
const SLOW_MS = 120;

/** Who turned the eye by hand is left to look for so long before it comes round behind them again. */
const LOOKING_MS = 2500;

/** A page in the background makes up for no more than this, seconds. */
const LONGEST_STEP_S = 0.4;

export interface Happenings {
  gestured(number: number): void;
  used(): void;
  stick(stick: Stick | null): void;
  /** A click on the ground led nowhere. */
  noWay(): void;
  /** Someone near by was clicked. */
  met(card: AvatarCard): void;
}

export class World {
  readonly gauge = new Gauge();
  readonly stride = new Stride();
  readonly eye = new Eye();
  readonly crowd = new Crowd();
  /** Whom the last frame showed, and where. */
  others: Shown = new Others();
  /** Tests and the curious may set an hour of Seoul's day. */
  hour: number | undefined;
  /** The clock of the city, which is right when this machine's is not. */
  serverTime: () => number = Date.now;
  private readonly sky = new Sky();
  private readonly drawing: Drawing;
  private readonly labels: Labels;
  private readonly company: Company;
  private readonly controls: Controls;
  private client: Client | undefined;
  private place: Place | undefined;
  private barriers: Barriers | undefined;
  private told: Told | undefined;
  private last = 0;
  private indoors = false;
  private running = true;
  private readonly self: Self = {
    ...{ x: 0, y: 0, z: 0, yaw: 0, stance: Stance.stand, speed: 0 },
    look: lookOf("me"),
    visible: true,
  };
  private readonly ray = new Raycaster();
  private readonly floor = new Plane(new Vector3(0, 1, 0), 0);
  private readonly ahead = new Vector3();
  private tiledAt = 0;
  private slowAt = 0;
  private turn = 0;

  /** Raises where the browser gives no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    names: HTMLElement,
    private readonly happenings: Happenings,
  ) {
    this.drawing = new Drawing(canvas, this.eye.camera, this.sky);
    this.drawing.scene.add(this.crowd.group);
    this.labels = new Labels(names);
    this.company = new Company(this.crowd, this.labels);
    this.controls = new Controls(canvas, this.eye, {
      clicked: (x, y) => this.click(x, y),
      used: () => happenings.used(),
      gestured: (number) => happenings.gestured(number),
      stick: (stick) => happenings.stick(stick),
    });
    this.drawing.renderer.setAnimationLoop((now) => this.frame(now));
    document.addEventListener("visibilitychange", () => {
      this.gauge.forget();
      this.last = 0;
      if (document.hidden) this.controls.release();
    });
  }

  /** From now on it shows what this client is told. */
  attend(client: Client): void {
    this.client = client;
    this.serverTime = () => client.serverTime;
    client.on("arrived", (told) => void this.arrive(told));
    client.on("avatar.moved_back", ({ x, z, yaw }) => this.stride.put(x, z, (yaw / 65536) * Math.PI * 2));
    client.on("avatar.shown", ({ avatar }) => this.dress(lookOf(client.citizen.id, avatar as never)));
    client.on("citizen.changed", () => this.bar());
    client.on("chat.said", ({ from, text }) => {
      if (typeof from.slot === "number") this.labels.say(from.slot, text, performance.now());
    });
  }

  dress(look: Look): void {
    this.self.look = look;
  }

  speak(language: Language): void {
    this.place?.speak(language);
  }

  /** The ground of where one has come to. */
  async arrive(told: Told): Promise<void> {
    this.told = told;
    this.company.forget();
    const ground = await groundOf(told.district);
    if (this.told !== told) return; // gone on meanwhile
    if (this.place?.district !== ground) {
      this.place?.dispose();
      this.place = new Place(ground, document.documentElement.lang as Language, this.serverTime());
      this.drawing.scene.add(this.place.group);
      this.gauge.forget();
    }
    this.bar();
    const yaw = (told.yaw / 65536) * Math.PI * 2;
    this.stride.put(told.x, told.z, yaw);
    this.eye.face(yaw);
    this.slowAt = this.tiledAt = 0;
  }

  /** What bars oneself here, by what one holds now. */
  private bar(): void {
    const { roles, grants } = this.client!.citizen;
    if (this.place) this.barriers = new Barriers(this.place.district, { roles, grants });
  }

  get district(): District | undefined {
    return this.place?.district;
  }

  /** Sets out for a place, around what is in the way. */
  goTo(x: number, z: number): boolean {
    const { barriers, place } = this;
    if (!barriers || !place) return false;
    const { width, depth } = place.district;
    const way = wayTo(barriers, [this.stride.x, this.stride.z], [x, z], width, depth);
    this.stride.follow(way);
    return way.length > 0;
  }

  gesture(stance: number): void {
    this.stride.hold(stance);
    this.tell();
  }

  private click(x: number, y: number): void {
    const box = this.canvas.getBoundingClientRect();
    this.ray.setFromCamera(
      new Vector2(((x - box.left) / box.width) * 2 - 1, 1 - ((y - box.top) / box.height) * 2),
      this.eye.camera,
    );
    const met = this.company.hit(this.ray.ray, this.client!, this.stride.x, this.stride.z);
    if (met) {
      this.happenings.met(met);
      return;
    }
    const at = this.ray.ray.intersectPlane(this.floor, new Vector3());
    if (!at || at.distanceTo(this.eye.camera.position) > FURTHEST_M) return;
    if (!this.goTo(at.x, at.z)) this.happenings.noWay();
  }

  private tell(): void {
    const { x, z, yaw, stance } = this.stride;
    this.client?.me.stand(x, z, { y: 0, yaw, stance });
  }

  private frame(now: number): void {
    const { place, barriers, client, drawing } = this;
    if (!this.running || !place || !barriers || !client) return;
    // whose line is over for good keeps the last picture, and leaves this machine to its other windows
    if (client.state === "parted" && !drawing.isEmpty) return;
    // and a panel that opens has this frame's time: of a picture that comes a frame later nobody sees that it does
    if (isLean() && !drawing.isEmpty) return;
    this.gauge.begin(now);
    const dt = this.last ? Math.min(LONGEST_STEP_S, (now - this.last) / 1000) : 1 / 60;
    this.last = now;
    this.walk(now, dt, client, barriers);
    this.slowly(now);
    const { calm } = settings.value;
    this.eye.look(this.stride.x, 0, this.stride.z, dt, place.buildings.bodies, this.indoors, calm);
    this.others = client.others();
    this.showCrowd(dt);
    shared.uTime.value = calm ? 0 : now / 1000;
    shared.uSelf.value.set(this.stride.x, 1.1, this.stride.z);
    shared.uSeeThrough.value = this.eye.isFirstPerson ? 0 : 1;
    this.sky.follow(this.stride.x, this.stride.z);
    place.signs.fade(dt, calm);
    this.company.showNames(this.others, this.eye.camera, drawing.width, drawing.height, now);
    drawing.draw(dt);
    drew(this.gauge.end());
  }

  private walk(now: number, dt: number, client: Client, barriers: Barriers): void {
    const { stride, eye, controls } = this;
    const wish = controls.wish(dt);
    if (client.state !== "here") stride.speed = 0;
    else if (stride.step(dt, wish, eye.heading, barriers)) this.tell();
    const isLed = stride.speed > 0.3 && stride.goal;
    if (isLed && now - controls.turnedAt > LOOKING_MS && !settings.value.calm) eye.drift(stride.yaw, dt);
  }

  private showCrowd(dt: number): void {
    const { stride, self, ahead } = this;
    const { camera } = this.eye;
    self.x = stride.x;
    self.z = stride.z;
    self.yaw = stride.yaw;
    self.stance = stride.stance;
    self.speed = stride.speed;
    self.visible = !this.eye.isFirstPerson;
    camera.updateMatrixWorld();
    camera.getWorldDirection(ahead);
    const flat = Math.hypot(ahead.x, ahead.z) || 1;
    const { x, z } = camera.position;
    this.crowd.show(this.others, self, x, z, ahead.x / flat, ahead.z / flat, dt);
  }

  /** What need not be looked at in every frame: all of it when one has just come, then part by part. */
  private slowly(now: number): void {
    const parts = this.parts.length;
    const due = Math.min(parts, Math.floor(((now - this.slowAt) * parts) / SLOW_MS));
    if (due < 1) return;
    this.slowAt = now;
    for (let n = 0; n < due; n++) this.parts[this.turn++ % parts]!(now);
  }

  private readonly parts: readonly ((now: number) => void)[] = [
    () => {
      const { x, z } = this.stride;
      this.indoors = this.place!.stand(x, z);
      this.place!.signs.arrange(this.eye.camera);
    },
    () => {
      const { district } = this.place!;
      this.sky.shine(this.moment(), district.anchor.lat, district.anchor.lon);
      lookAround(district, this.stride.x, this.stride.z);
      const moving = this.stride.speed > 0.2;
      if (isMoving.value !== moving) isMoving.value = moving;
    },
    (now) => this.company.meet(this.client!, this.stride.x, this.stride.z, now),
    (now) => {
      if (now - this.tiledAt < TILES_MS) return;
      this.tiledAt = now;
      this.crowd.scatter(this.client!.tiles, this.told!.tile_m, this.told!.tile_columns);
    },
  ];

  private moment(): number {
    const now = this.serverTime();
    const hour = this.hour ?? (settings.value.light === "day" ? DAY_HOUR : undefined);
    if (hour === undefined) return now;
    const midnight = Math.floor((now + 9 * 3_600_000) / 86_400_000) * 86_400_000 - 9 * 3_600_000;
    return midnight + hour * 3_600_000;
  }

  /** What ?debug shows. */
  counters(): Record<string, number> {
    const { cost, driver, gap, frames } = this.gauge.read();
    const [near, middle, far] = this.crowd.drawn;
    const memory = (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
    return {
      cost_ms: cost.middle,
      cost_p99_ms: cost.worst,
      driver_ms: driver.middle,
      heard_ms: spent.heard / (spent.messages || 1),
      frame_ms: gap.middle,
      frame_p99_ms: gap.worst,
      frames,
      others: this.others.count,
      near,
      middle,
      far,
      heap_mb: memory / 1e6,
      behind_ms: this.client?.behindMs ?? 0,
      ...this.drawing.counters(),
    };
  }

  end(): void {
    this.running = false;
    this.controls.end();
    this.place?.dispose();
    this.drawing.end();
  }
}

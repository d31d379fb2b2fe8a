// The place as it is lived in: the loop that walks, looks and draws, and what of the city's telling it shows.

import { type AvatarCard, type Client, Crowd as Others, type Place as Told } from "madang";
import {
  NeutralToneMapping,
  PCFShadowMap,
  type PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { Crowd, type Shown } from "./crowd/crowd";
import { type Look, lookOf } from "./crowd/look";
import { Nearest } from "./crowd/nearest";
import { isLean } from "./pace";
import { protection } from "./panels/safety_state";
import { contains, type District, district as groundOf, type Language } from "./plan";
import { Gauge } from "./scene/gauge";
import { Labels, type Named } from "./scene/labels";
import { Place } from "./scene/place";
import { shared } from "./scene/shading";
import { Sky } from "./scene/sky";
import { isDebug, spent, watchDriver } from "./spent";
import { isMoving, type Person, people, settings, within, zones } from "./state";
import { Barriers } from "./walk/barriers";
import { Eye } from "./walk/camera";
import { Controls, type Stick } from "./walk/controls";
import { wayTo } from "./walk/path";
import { Stance, Stride } from "./walk/stride";

/** Noon of an autumn day, for who wants it light. */
const DAY_HOUR = 11;

/** One stands within a gate, or before a stele, from so near. */
const EXHIBIT_M = 3.2;

/** Who is clicked within this is met, metres; who is further away is walked to. */
const MEETING_M = 15;

/** Who is told of as near, and how many of them at most. */
const NEAR_M = 40;
const MOST_NEAR = 60;

/** How far someone is, is told by the metre up to here, and by so many further off. */
const EXACT_M = 10;
const ROUGH_M = 5;

/** The city tells once a second who is beyond the view. */
const TILES_MS = 1000;

/** So often the list of who is near is told anew: in a crowd it is another one in every frame, and sixty rows cost ten. */
const PEOPLE_MS = 1000;

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
  /** Where one clicked to go. */
  readonly sky = new Sky();
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly labels: Labels;
  private readonly controls: Controls;
  private place: Place | undefined;
  private barriers: Barriers | undefined;
  private told: Told | undefined;
  private look: Look;
  private last = 0;
  private slowAt = 0;
  private indoors = false;
  private running = true;
  /** A canvas whose size has changed is empty. */
  private isEmpty = true;
  private readonly ray = new Raycaster();
  private readonly floor = new Plane(new Vector3(0, 1, 0), 0);
  private readonly dressed = new Map<number, string>();
  private named: Named[] = [];
  private readonly nearest = new Nearest(MOST_NEAR);
  /** By slot, the row of `others` in this frame. */
  private readonly rowOf = new Int32Array(65_536);
  private tiledAt = 0;
  private peopleAt = 0;
  private ratio = 1;
  private slowFrames = 0;
  /** Tests and the curious may set an hour of Seoul's day. */
  hour: number | undefined;
  /** The clock of the city, which is right when this machine's is not. */
  serverTime: () => number = Date.now;

  /** Raises where the browser gives no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    names: HTMLElement,
    private readonly happenings: Happenings,
  ) {
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: settings.value.quality !== "plain",
      powerPreference: "high-performance",
    });
    if (isDebug) watchDriver(this.renderer.getContext() as WebGL2RenderingContext);
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.toneMappingExposure = 1.24;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.info.autoReset = true;
    this.scene.add(this.sky.group, this.crowd.group);
    this.labels = new Labels(names);
    this.look = lookOf("me");
    this.controls = new Controls(canvas, this.eye, {
      clicked: (x, y) => this.click(x, y),
      used: () => happenings.used(),
      gestured: (number) => happenings.gestured(number),
      stick: (stick) => happenings.stick(stick),
    });
    this.ratio = Math.min(devicePixelRatio, 2);
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.renderer.setAnimationLoop((now) => this.frame(now));
    document.addEventListener("visibilitychange", () => {
      this.gauge.forget();
      this.last = 0;
      if (document.hidden) this.controls.release();
    });
  }

  private client: Client | undefined;

  /** Whom the last frame showed, and where. */
  others: Shown = new Others();

  /** From now on it shows what this client is told. */
  attend(client: Client): void {
    this.client = client;
    this.serverTime = () => client.serverTime;
    client.on("arrived", (told) => void this.arrive(told));
    client.on("avatar.moved_back", ({ x, z, yaw }) => this.stride.put(x, z, (yaw / 65536) * Math.PI * 2));
    client.on("chat.said", ({ from, text }) => {
      if (typeof from.slot === "number") this.labels.say(from.slot, text, performance.now());
    });
  }

  dress(look: Look): void {
    this.look = look;
  }

  speak(language: Language): void {
    this.place?.speak(language);
  }

  /** The ground of where one has come to. */
  async arrive(told: Told): Promise<void> {
    this.told = told;
    this.crowd.forget();
    this.dressed.clear();
    this.labels.forget();
    const ground = await groundOf(told.district);
    if (this.told !== told) return; // gone on meanwhile
    if (this.place?.district !== ground) {
      this.place?.dispose();
      this.place = new Place(ground, document.documentElement.lang as Language, this.serverTime());
      this.scene.add(this.place.group);
      this.gauge.forget();
    }
    const { roles, grants } = this.client!.citizen;
    this.barriers = new Barriers(ground, { roles, grants });
    const yaw = (told.yaw / 65536) * Math.PI * 2;
    this.stride.put(told.x, told.z, yaw);
    this.eye.face(yaw);
    this.slowAt = this.tiledAt = this.peopleAt = 0;
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
    const at = this.ray.ray.intersectPlane(this.floor, new Vector3());
    const met = this.hit();
    if (met) {
      this.happenings.met(met);
      return;
    }
    if (!at || at.distanceTo(this.eye.camera.position) > 160) return;
    if (!this.goTo(at.x, at.z)) this.happenings.noWay();
  }

  /** Who stands where one clicked, near enough to be meant; further away the ground between them is. */
  private hit(): AvatarCard | undefined {
    const { origin, direction } = this.ray.ray;
    const others = this.client!.others();
    const flat = direction.x ** 2 + direction.z ** 2 || 1e-9;
    let nearest = Number.POSITIVE_INFINITY;
    let card: AvatarCard | undefined;
    for (let i = 0; i < others.count; i++) {
      const [x, z] = [others.x[i]!, others.z[i]!];
      if (Math.hypot(x - this.stride.x, z - this.stride.z) > MEETING_M) continue;
      const along = ((x - origin.x) * direction.x + (z - origin.z) * direction.z) / flat;
      if (along <= 0 || along >= nearest) continue;
      const off = Math.hypot(origin.x + direction.x * along - x, origin.z + direction.z * along - z);
      const height = origin.y + direction.y * along - others.y[i]!;
      if (off > 0.3 + along * 0.008 || height < 0 || height > 1.85) continue;
      const known = this.client!.cards.of(others.slot[i]!);
      if (!known) continue;
      nearest = along;
      card = known;
    }
    return card;
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.isEmpty = true;
    this.eye.camera.aspect = width / height;
    this.eye.camera.fov = width < height ? 70 : 58;
    this.eye.camera.updateProjectionMatrix();
  }

  private tell(): void {
    const { x, z, yaw, stance } = this.stride;
    this.client?.me.stand(x, z, { y: 0, yaw, stance });
  }

  private frame(now: number): void {
    if (!this.running || !this.place || !this.barriers || !this.client) return;
    // whose line is over for good keeps the last picture, and leaves this machine to its other windows
    if (this.client.state === "parted" && !this.isEmpty) return;
    this.gauge.begin(now);
    const lean = isLean();
    const dt = this.last ? Math.min(LONGEST_STEP_S, (now - this.last) / 1000) : 1 / 60;
    this.last = now;
    const { calm } = settings.value;
    const wish = this.controls.wish(dt);
    if (this.client.state === "here" && this.stride.step(dt, wish, this.eye.heading, this.barriers))
      this.tell();
    else if (this.client.state !== "here") this.stride.speed = 0;
    const walks = this.stride.speed > 0.3;
    if (walks && this.stride.goal && now - this.controls.turnedAt > 2500 && !calm)
      this.eye.drift(this.stride.yaw, dt);
    if (now - this.slowAt > 120 && !lean) this.slowly(now);
    this.eye.look(this.stride.x, 0, this.stride.z, dt, this.place.buildings.bodies, this.indoors, calm);

    const others = this.client.others();
    this.others = others;
    const camera = this.eye.camera;
    const ahead = new Vector3();
    camera.getWorldDirection(ahead);
    const flat = Math.hypot(ahead.x, ahead.z) || 1;
    this.crowd.show(
      others,
      { ...pick(this.stride), y: 0, look: this.look, visible: !this.eye.isFirstPerson },
      camera.position.x,
      camera.position.z,
      ahead.x / flat,
      ahead.z / flat,
      dt,
    );
    shared.uTime.value = calm ? 0 : now / 1000;
    shared.uSelf.value.set(this.stride.x, 1.1, this.stride.z);
    shared.uSeeThrough.value = this.eye.isFirstPerson ? 0 : 1;
    this.sky.follow(this.stride.x, this.stride.z);
    camera.updateMatrixWorld();
    this.place.signs.fade(dt, calm);
    // a frame later nobody sees of shadows and names that they are a frame late
    this.renderer.shadowMap.autoUpdate = !lean;
    if (!lean) this.showNames(others, camera, now);
    this.renderer.render(this.scene, camera);
    this.isEmpty = false;
    this.gauge.end();
    this.adapt(dt);
  }

  /** What need not be looked at in every frame. */
  private slowly(now: number): void {
    const place = this.place!;
    this.slowAt = now;
    this.indoors = place.stand(this.stride.x, this.stride.z);
    place.signs.arrange(this.eye.camera);
    const { anchor } = place.district;
    this.sky.shine(this.moment(), anchor.lat, anchor.lon);
    this.lookAround(now);
    const client = this.client!;
    const told = this.told!;
    if (now - this.tiledAt > TILES_MS) {
      this.tiledAt = now;
      this.crowd.scatter(client.tiles, told.tile_m, told.tile_columns);
    }
    const moving = this.stride.speed > 0.2;
    if (isMoving.value !== moving) isMoving.value = moving;
  }

  private moment(): number {
    const now = this.serverTime();
    const hour = this.hour ?? (settings.value.light === "day" ? DAY_HOUR : undefined);
    if (hour === undefined) return now;
    const midnight = Math.floor((now + 9 * 3_600_000) / 86_400_000) * 86_400_000 - 9 * 3_600_000;
    return midnight + hour * 3_600_000;
  }

  /** Where one is, what is at hand, who is near. */
  private lookAround(now: number): void {
    const { district } = this.place!;
    const { x, z } = this.stride;
    const here = district.zones.filter((zone) => contains(zone.polygon, x, z));
    if (here.map(({ id }) => id).join() !== zones.value.map(({ id }) => id).join()) zones.value = here;
    const portal = district.portals.find(({ at, radius }) => Math.hypot(at[0] - x, at[1] - z) < radius + 0.8);
    const exhibit = district.exhibits
      .map((each) => ({ each, away: Math.hypot(each.at[0] - x, each.at[1] - z) }))
      .filter(({ away }) => away < EXHIBIT_M)
      .sort((a, b) => a.away - b.away)[0]?.each;
    const before = within.value;
    const same =
      before && ("portal" in before ? before.portal === portal : before.exhibit === exhibit && !portal);
    if (!same || (!portal && !exhibit)) {
      const next = portal ? { portal } : exhibit ? { exhibit } : null;
      if (next || before) within.value = next;
    }
    this.meet(now);
  }

  private meet(now: number): void {
    const client = this.client!;
    const others = client.others();
    const { nearest } = this;
    nearest.look(others, this.stride.x, this.stride.z, NEAR_M);
    const met: Person[] = [];
    this.named = [];
    this.crowd.blocked.clear();
    const { blocked, bubble, bubble_m } = protection.value;
    this.crowd.bubbleM = bubble ? bubble_m : 0;
    for (let n = 0; n < nearest.count; n++) {
      const [i, away] = [nearest.rows[n]!, nearest.away[n]!];
      const slot = others.slot[i]!;
      const card = client.cards.of(slot);
      if (!card) continue;
      const worn = `${card.citizen} ${card.avatar?.model} ${card.avatar?.tint}`;
      if (this.dressed.get(slot) !== worn) {
        this.dressed.set(slot, worn);
        this.crowd.dress(slot, lookOf(card.citizen, card.avatar as never));
      }
      const isBlocked = blocked.includes(card.citizen);
      if (isBlocked) this.crowd.blocked.add(slot);
      if (away < this.labels.range && !isBlocked) {
        this.named.push({
          slot,
          name: card.name,
          role: roleOf(card.roles),
          away: card.away ?? false,
          x: others.x[i]!,
          y: others.y[i]!,
          z: others.z[i]!,
        });
      }
      met.push({
        slot,
        citizen: card.citizen,
        name: card.name,
        roles: card.roles,
        away: card.away ?? false,
        metres: away < EXACT_M ? Math.round(away) : Math.round(away / ROUGH_M) * ROUGH_M,
      });
    }
    if (now - this.peopleAt < PEOPLE_MS) return;
    this.peopleAt = now;
    const known = (list: typeof met) =>
      list.map(({ citizen, name, away, metres }) => `${citizen}${name}${away}${metres}`).join();
    if (known(met) !== known(people.value)) people.value = met;
  }

  private showNames(others: Shown, camera: PerspectiveCamera, now: number): void {
    this.moveNames(others);
    const { clientWidth, clientHeight } = this.canvas;
    this.labels.show(this.named, camera, clientWidth, clientHeight, now, settings.value.names);
  }

  private moveNames(others: Shown): void {
    if (!this.named.length) return;
    const { rowOf } = this;
    for (let i = 0; i < others.count; i++) rowOf[others.slot[i]!] = i;
    for (const named of this.named) {
      const i = rowOf[named.slot]!;
      if (others.slot[i] !== named.slot || i >= others.count) continue;
      named.x = others.x[i]!;
      named.y = others.y[i]!;
      named.z = others.z[i]!;
    }
  }

  /** Draws more plainly on a machine that does not keep up: fewer pixels first, then no shadows. */
  private adapt(dt: number): void {
    const { quality } = settings.value;
    const most = Math.min(devicePixelRatio, 2);
    if (quality !== "auto") {
      const ratio = quality === "fine" ? most : Math.min(0.8, most);
      this.draw(ratio, quality === "fine");
      return;
    }
    this.slowFrames = dt > 0.036 ? this.slowFrames + 1 : Math.max(0, this.slowFrames - 0.5);
    if (this.slowFrames < 40) return;
    this.slowFrames = 0;
    if (this.ratio > 1) this.draw(Math.max(1, this.ratio - 0.5), true);
    else if (this.renderer.shadowMap.enabled) this.draw(this.ratio, false);
    else if (this.ratio > 0.6) this.draw(this.ratio - 0.2, false);
  }

  private draw(ratio: number, shadows: boolean): void {
    if (this.renderer.shadowMap.enabled !== shadows) {
      this.renderer.shadowMap.enabled = shadows;
      this.sky.sun.castShadow = shadows;
      this.scene.traverse((each) => {
        const material = (each as { material?: { needsUpdate: boolean } }).material;
        if (material) material.needsUpdate = true;
      });
    }
    shared.uFine.value = shadows || this.ratio > 0.9 ? 1 : 0;
    if (this.ratio !== ratio) {
      this.ratio = ratio;
      this.resize();
    }
  }

  /** What ?debug shows. */
  counters(): Record<string, number> {
    const { cost, driver, gap, frames } = this.gauge.read();
    const { calls, triangles } = this.renderer.info.render;
    const [near, middle, far] = this.crowd.drawn as [number, number, number];
    const memory = (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
    return {
      cost_ms: cost.middle,
      cost_p99_ms: cost.worst,
      driver_ms: driver.middle,
      heard_ms: spent.heard / (spent.messages || 1),
      frame_ms: gap.middle,
      frame_p99_ms: gap.worst,
      frames,
      draws: calls,
      triangles,
      others: this.client?.others().count ?? 0,
      near,
      middle,
      far,
      heap_mb: memory / 1e6,
      pixels: this.ratio,
      behind_ms: this.client?.behindMs ?? 0,
      geometries: this.renderer.info.memory.geometries,
      textures: this.renderer.info.memory.textures,
    };
  }

  end(): void {
    this.running = false;
    this.renderer.setAnimationLoop(null);
    this.controls.end();
    this.place?.dispose();
    this.renderer.dispose();
  }
}

function pick({ x, z, yaw, stance, speed }: Stride): {
  x: number;
  z: number;
  yaw: number;
  stance: number;
  speed: number;
} {
  return { x, z, yaw, stance, speed };
}

function roleOf(roles: readonly string[]): string {
  const plain = roles.map((role) => role.split("@")[0]!);
  return (
    ["operator", "host", "moderator", "official", "citizen"].find((role) => plain.includes(role)) ?? "visitor"
  );
}

export { Stance };

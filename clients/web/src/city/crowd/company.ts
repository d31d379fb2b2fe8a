// Who is near: how they look, what they are called, and who of them stands where one clicked.
import type { AvatarCard, Client } from "madang";
import type { PerspectiveCamera, Ray } from "three";
import { protection } from "../panels/safety_state";
import { type Labels, type Named, nameWidth } from "../scene/labels";
import { type Person, people, settings } from "../state";
import type { Crowd, Shown } from "./crowd";
import { lookOf } from "./look";
import { Nearest } from "./nearest";

/** Who is clicked within this is met, metres; who is further away is walked to. */
const MEETING_M = 15;

/** Who is told of as near, and how many of them at most. */
const NEAR_M = 40;
const MOST_NEAR = 60;

/** How far someone is, is told by the metre up to here, and by so many further off. */
const EXACT_M = 10;
const ROUGH_M = 5;

/** So often the list of who is near is told anew: in a crowd it is another one in every frame, and sixty rows cost ten. */
const PEOPLE_MS = 1000;

export class Company {
  private named: Named[] = [];
  private readonly nearest = new Nearest(MOST_NEAR);
  /** What was known of those who are dressed by it. */
  private readonly dressed = new Map<number, AvatarCard>();
  /** By slot, the row of `others` in this frame. */
  private readonly rowOf = new Int32Array(65_536);
  private peopleAt = 0;

  constructor(
    private readonly crowd: Crowd,
    private readonly labels: Labels,
  ) {}

  /** Slots are given anew: after every welcome, in every district. */
  forget(): void {
    this.crowd.forget();
    this.labels.forget();
    this.dressed.clear();
    this.named = [];
    this.peopleAt = 0;
  }

  /** Looks anew who is around (x, z). */
  meet(client: Client, x: number, z: number, now: number): void {
    const others = client.others();
    const { nearest, crowd } = this;
    nearest.look(others, x, z, NEAR_M);
    const { blocked, bubble, bubble_m } = protection.value;
    crowd.bubbleM = bubble ? bubble_m : 0;
    crowd.blocked.clear();
    const met: Person[] | undefined = now - this.peopleAt < PEOPLE_MS ? undefined : [];
    this.named = [];
    for (let n = 0; n < nearest.count; n++) {
      const i = nearest.rows[n]!;
      const away = nearest.away[n]!;
      const slot = others.slot[i]!;
      const card = client.cards.of(slot);
      if (!card) continue;
      if (this.dressed.get(slot) !== card) {
        this.dressed.set(slot, card);
        crowd.dress(slot, lookOf(card.citizen, card.avatar as never));
      }
      const isBlocked = blocked.includes(card.citizen);
      if (isBlocked) crowd.blocked.add(slot);
      if (away < this.labels.range && !isBlocked) {
        this.named.push({
          slot,
          name: card.name,
          role: roleOf(card.roles),
          away: card.away ?? false,
          metres: away,
          wide: nameWidth(card.name),
          x: others.x[i]!,
          y: others.y[i]!,
          z: others.z[i]!,
        });
      }
      met?.push({
        slot,
        citizen: card.citizen,
        name: card.name,
        roles: card.roles,
        away: card.away ?? false,
        metres: away < EXACT_M ? Math.round(away) : Math.round(away / ROUGH_M) * ROUGH_M,
      });
    }
    if (!met) return;
    this.peopleAt = now;
    const known = (list: readonly Person[]) =>
      list.map(({ citizen, name, away, metres }) => `${citizen}${name}${away}${metres}`).join();
    if (known(met) !== known(people.value)) people.value = met;
  }

  /** Writes their names, and what they said, where they are in this frame. */
  showNames(others: Shown, camera: PerspectiveCamera, width: number, height: number, now: number): void {
    if (this.named.length) {
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
    this.labels.show(this.named, camera, width, height, now, settings.value.names);
  }

  /** Who stands where one clicked from (x, z), near enough to be meant; further away the ground between them is. */
  hit({ origin, direction }: Ray, client: Client, x: number, z: number): AvatarCard | undefined {
    const others = client.others();
    const flat = direction.x ** 2 + direction.z ** 2 || 1e-9;
    let nearest = Number.POSITIVE_INFINITY;
    let card: AvatarCard | undefined;
    for (let i = 0; i < others.count; i++) {
      const [ox, oz] = [others.x[i]!, others.z[i]!];
      if (Math.hypot(ox - x, oz - z) > MEETING_M) continue;
      const along = ((ox - origin.x) * direction.x + (oz - origin.z) * direction.z) / flat;
      if (along <= 0 || along >= nearest) continue;
      const off = Math.hypot(origin.x + direction.x * along - ox, origin.z + direction.z * along - oz);
      const height = origin.y + direction.y * along - others.y[i]!;
      if (off > 0.3 + along * 0.008 || height < 0 || height > 1.85) continue;
      const known = client.cards.of(others.slot[i]!);
      if (!known) continue;
      nearest = along;
      card = known;
    }
    return card;
  }
}

function roleOf(roles: readonly string[]): string {
  const plain = roles.map((role) => role.split("@")[0]!);
  return (
    ["operator", "host", "moderator", "official", "citizen"].find((role) => plain.includes(role)) ?? "visitor"
  );
}

// Who is behind the slots one sees: asked for when it is wanted, many at once, as often as the city allows.
import { Refused } from "./faults.ts";
import type { AvatarCard, AvatarChanged } from "./generated/words.ts";
import type { Picture } from "./picture.ts";
import type { Surroundings } from "./surroundings.ts";

/** `avatar.who` may be asked twice a second. */
const PAUSE_MS = 600;

/** Slots in one `avatar.who`. */
const MOST = 256;

/** After so long a card is asked for anew: who was away may be back. */
const FRESH_MS = 30_000;

interface Known {
  card: AvatarCard | undefined;
  since: number;
  askedAt: number;
}

export class Cards {
  #known = new Map<number, Known>();
  #wanted = new Set<number>();
  #isAsking = false;

  constructor(
    readonly around: Surroundings,
    readonly picture: () => Picture | undefined,
    readonly ask: (slots: number[]) => Promise<AvatarCard[]>,
  ) {}

  /** The card of a slot in view; undefined until it is known, which wanting it brings about. */
  of(slot: number): AvatarCard | undefined {
    const since = this.picture()?.sinceOf(slot);
    if (!since) return undefined;
    const known = this.#known.get(slot);
    const isSame = known?.since === since;
    if (!isSame || this.around.now() - known.askedAt > FRESH_MS) this.#want(slot);
    return isSame ? known.card : undefined;
  }

  changed(fact: AvatarChanged): void {
    const known = this.#known.get(fact.slot);
    if (!known?.card) return;
    const { name, avatar, roles } = fact;
    known.card = { ...known.card, name, avatar, ...(roles && { roles }) };
  }

  clear(): void {
    this.#known.clear();
    this.#wanted.clear();
  }

  #want(slot: number): void {
    this.#wanted.add(slot);
    if (this.#isAsking) return;
    this.#isAsking = true;
    // Whoever else is wanted in this moment is asked for together.
    this.around.after(0, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const picture = this.picture();
    const slots = [...this.#wanted].filter((slot) => picture?.has(slot)).slice(0, MOST);
    const since = slots.map((slot) => picture!.sinceOf(slot));
    for (const slot of slots) this.#wanted.delete(slot);
    try {
      const cards = slots.length ? await this.ask(slots) : [];
      const bySlot = new Map(cards.map((card) => [card.slot, card]));
      const askedAt = this.around.now();
      if (picture === this.picture())
        slots.forEach((slot, n) => {
          this.#known.set(slot, { card: bySlot.get(slot), since: since[n]!, askedAt });
        });
      for (const slot of this.#known.keys()) if (!picture?.has(slot)) this.#known.delete(slot);
    } catch (error) {
      if (error instanceof Refused) for (const slot of slots) this.#wanted.add(slot);
    }
    this.around.after(PAUSE_MS, () => {
      this.#isAsking = this.#wanted.size > 0;
      if (this.#isAsking) void this.#ask();
    });
  }
}

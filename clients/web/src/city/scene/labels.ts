// Names and spoken lines over heads, as text of the page: sharp at any size, in any script, and never read as markup.
import { type PerspectiveCamera, Vector3 } from "three";

const MOST_NAMES = 28;
const NAMES_M = 24;
const SAID_MS = 7000;

/** So many spoken lines are kept; a page in the background shows none of them, and hears them all. */
const MOST_SPOKEN = 64;

/** How high a name is, and how wide at most; pixels. */
const NAME_PX = 19;
const WIDEST_PX = 176;

/** Among thousands who walk past each other the nearest is another one in every frame: so a name that is there gives way
 *  only to who is nearer by so much, and so many come anew with a frame. */
const STAYS = 0.7;
const NEW_A_FRAME = 2;

/** What is said is no wider. */
const SAID_PX = 240;

/** What stands over one head, and what was last written there: asking the page for that would make a string a frame. */
interface Label {
  box: HTMLDivElement;
  said: HTMLDivElement;
  name: HTMLDivElement;
  used: number;
  line: string;
  called: string;
  role: string;
  away: boolean;
  left: number;
  top: number;
}

export interface Named {
  slot: number;
  name: string;
  role: string;
  away: boolean;
  /** How far off when one last looked. */
  metres: number;
  /** About how wide the name is drawn, pixels. */
  wide: number;
  x: number;
  y: number;
  z: number;
}

export class Labels {
  private readonly labels = new Map<number, Label>();
  private readonly spare: Label[] = [];
  private readonly spoken = new Map<number, { text: string; until: number }>();
  private readonly at = new Vector3();
  private frame = 0;
  /** Where names lie in this frame: middle, foot, half the width; pixels. */
  private readonly taken: number[] = [];

  constructor(private readonly root: HTMLElement) {}

  /** Someone said something: it stands over their head for a while. */
  say(slot: number, text: string, now: number): void {
    this.spoken.delete(slot);
    if (this.spoken.size >= MOST_SPOKEN) this.spoken.delete(this.spoken.keys().next().value!);
    this.spoken.set(slot, {
      text: text.length > 140 ? `${text.slice(0, 138)}…` : text,
      until: now + SAID_MS,
    });
  }

  get range(): number {
    return NAMES_M;
  }

  forget(): void {
    this.spoken.clear();
    for (const [slot, label] of this.labels) this.free(slot, label);
  }

  /** Of those who are `named` what has room; it puts them in the order in which it asks. */
  show(
    named: Named[],
    camera: PerspectiveCamera,
    width: number,
    height: number,
    now: number,
    withNames: boolean,
  ): void {
    this.frame++;
    this.taken.length = 0;
    named.sort(this.byClaim);
    let fresh = 0;
    for (let n = 0; n < named.length && n < MOST_NAMES; n++) {
      const { slot, name, role, away, wide, x, y, z } = named[n]!;
      const spoken = this.spoken.get(slot);
      const line = spoken && spoken.until > now ? spoken.text : "";
      if (spoken && !line) this.spoken.delete(slot);
      if (!withNames && !line) continue;
      this.at.set(x, y + 1.93, z).project(camera);
      if (this.at.z > 1 || Math.abs(this.at.x) > 1.15 || Math.abs(this.at.y) > 1.15) continue;
      let left = ((this.at.x + 1) / 2) * width;
      const top = ((1 - this.at.y) / 2) * height;
      // what is said is read whole, also of who stands at the edge
      if (line) left = Math.min(Math.max(left, SAID_PX / 2), width - SAID_PX / 2);
      // the nearest come first: a name that would lie over another's is left out, what is said is not
      if (!line && !this.hasRoom(left, top, wide)) continue;
      let label = this.labels.get(slot);
      if (!label) {
        if (!line && fresh === NEW_A_FRAME) continue;
        fresh++;
        label = this.take(slot);
      }
      label.used = this.frame;
      write(label, withNames ? name : "", line, role, away);
      move(label, left, top);
    }
    for (const [slot, label] of this.labels) if (label.used !== this.frame) this.free(slot, label);
  }

  private readonly byClaim = (one: Named, other: Named): number => this.claim(one) - this.claim(other);

  private claim({ slot, metres }: Named): number {
    return this.labels.has(slot) ? metres * STAYS : metres;
  }

  private hasRoom(x: number, y: number, wide: number): boolean {
    const half = wide / 2;
    for (let i = 0; i < this.taken.length; i += 3) {
      const across = Math.abs(this.taken[i]! - x);
      if (across < this.taken[i + 2]! + half && Math.abs(this.taken[i + 1]! - y) < NAME_PX) return false;
    }
    this.taken.push(x, y, half);
    return true;
  }

  private take(slot: number): Label {
    let label = this.spare.pop();
    if (!label) {
      const box = document.createElement("div");
      const said = document.createElement("div");
      const name = document.createElement("div");
      box.className = "label";
      said.className = "said";
      name.className = "name";
      said.dir = name.dir = "auto";
      box.append(said, name);
      this.root.append(box);
      const blank = { line: "", called: "", role: "", away: false, left: Number.NaN, top: Number.NaN };
      label = { box, said, name, used: 0, ...blank };
    }
    label.box.style.visibility = "visible";
    this.labels.set(slot, label);
    return label;
  }

  /** It stays where it is, unseen: what is taken out of the page and put back is laid out anew. */
  private free(slot: number, label: Label): void {
    label.box.style.visibility = "hidden";
    this.labels.delete(slot);
    this.spare.push(label);
  }
}

/** About how wide a name is drawn, as asking the page for it would cost a layout in every frame. */
export function nameWidth(name: string): number {
  let wide = 20;
  for (const letter of name) wide += letter > "\u2e7f" ? 12.5 : 7.2;
  return Math.min(WIDEST_PX, wide);
}

function write(label: Label, called: string, line: string, role: string, away: boolean): void {
  if (label.called !== called) label.name.textContent = label.called = called;
  if (label.line !== line) label.said.textContent = label.line = line;
  if (label.role !== role) label.box.dataset["role"] = label.role = role;
  if (label.away !== away) {
    label.away = away;
    label.box.classList.toggle("away", away);
  }
}

/** Over a head that did not move by half a pixel it stays: every move costs the page a look at its styles. */
function move(label: Label, x: number, y: number): void {
  const [left, top] = [Math.round(x * 2) / 2, Math.round(y * 2) / 2];
  if (label.left === left && label.top === top) return;
  label.left = left;
  label.top = top;
  label.box.style.transform = `translate(-50%, -100%) translate(${left}px, ${top}px)`;
}

// How a citizen looks: a model's name and a tint on the wire, what is worn and of which colour here.
import { Color } from "three";
import { chanceOf } from "../plan";
import { bit, MODELS, type Model, TINTS, Wear, WORN } from "./wear";

/** Four numbers for the shader: red, green, blue, and what is worn with a seed from 0 to 1 as its fraction. */
export type Look = [number, number, number, number];

const colour = new Color();

function isModel(name: string | undefined): name is Model {
  return name !== undefined && (MODELS as readonly string[]).includes(name);
}

/** Of whom nothing is known yet, or who chose nothing, something that is always the same for the same seed. */
export function lookOf(seed: string | number, avatar?: { model: string; tint?: number | null } | null): Look {
  const chance = chanceOf("look", seed);
  const chosen = isModel(avatar?.model);
  const model: Model = chosen ? (avatar!.model as Model) : pick(chance);
  const tint = avatar?.tint;
  colour.set(
    tint === undefined || tint === null ? TINTS[Math.floor(chanceOf("tint", seed) * TINTS.length)]! : tint,
  );
  let worn = WORN[model];
  if (!chosen) {
    const other = chanceOf("wear", seed);
    if (other < 0.3) worn |= bit(Wear.bag);
    if (model === "plain" && other > 0.62) worn |= bit(Wear.long_hair);
    if (model === "plain" && other > 0.4 && other < 0.5) worn |= bit(Wear.coat);
  }
  return [colour.r, colour.g, colour.b, worn + Math.min(0.999, Math.max(0.001, chance))];
}

function pick(chance: number): Model {
  if (chance < 0.58) return "plain";
  if (chance < 0.78) return "skirt";
  if (chance < 0.88) return "cap";
  if (chance < 0.95) return "hanbok";
  return chance < 0.985 ? "scholar" : "rider";
}

// What one will look like, before one is in: the figure of crowd/figure.ts in a few shapes, with what each model wears.
import { bit, type Model, Wear, WORN } from "../crowd/wear";

const SKIN = "#e9c4a3";
const HAIR = "#2b2320";
const BOTTOM = "#3d4552";
const DARK = "#2b2e33";
const WHITE = "#f3efe4";

export function Portrait({ model, colour }: { model: Model; colour: string }) {
  const has = (wear: number) => (WORN[model] & bit(wear)) !== 0;
  const isRobed = has(Wear.hanbok);
  const isSeated = has(Wear.chair);
  return (
    <svg class="portrait" viewBox="0 0 64 96" aria-hidden="true" focusable="false">
      <ellipse cx="32" cy="90" rx="20" ry="4" fill="#000" opacity=".14" />
      {has(Wear.long_hair) && <path d="M21 18h22v22q-11 6-22 0Z" fill={HAIR} />}
      {has(Wear.bun) && <circle cx="32" cy="6" r="5" fill={HAIR} />}
      {isSeated ? (
        <>
          <path d="M20 62h26v8H30l14 4v14h-7V76L20 72Z" fill={BOTTOM} />
          <path d="M17 44h5v28h-5Z" fill={DARK} />
          <circle cx="28" cy="76" r="13" fill="none" stroke={DARK} stroke-width="3" />
        </>
      ) : (
        <>
          <path d="M24 58h7v30h-7zM33 58h7v30h-7z" fill={BOTTOM} />
          <path d="M22 85h9v5h-9zM33 85h9v5h-9z" fill={DARK} />
        </>
      )}
      {has(Wear.skirt) && <path d="M24 56h16l6 22H18Z" fill={BOTTOM} />}
      <path d="M18 36q-5 12-4 26h5l4-20ZM46 36q5 12 4 26h-5l-4-20Z" fill={colour} />
      <circle cx="16.5" cy="63" r="3.2" fill={SKIN} />
      <circle cx="47.5" cy="63" r="3.2" fill={SKIN} />
      <path d="M20 36q12-7 24 0v26H20Z" fill={colour} />
      {has(Wear.coat) && <path d="M20 40h24l5 42H15Z" fill={colour} />}
      {isRobed && <path d="M22 46h20l10 42H12Z" fill="#b8474a" />}
      {isRobed && <path d="M32 40l5 18-3 1-3-17Z" fill={WHITE} />}
      {has(Wear.bag) && <path d="M22 36h4v24h-4zM38 36h4v24h-4z" fill={DARK} opacity=".7" />}
      <path d="M29 29h6v7h-6z" fill={SKIN} />
      <circle cx="32" cy="20" r="12" fill={SKIN} />
      <path d="M19.6 21Q18 7 32 7t12.4 14Q41 14 32 14t-12.4 7Z" fill={HAIR} />
      <circle cx="27.5" cy="21.5" r="1.6" fill={DARK} />
      <circle cx="36.5" cy="21.5" r="1.6" fill={DARK} />
      <path d="M28.5 26.5q3.5 2.5 7 0" fill="none" stroke={DARK} stroke-width="1.2" />
      {has(Wear.gat) && <path d="M10 12q22-6 44 0l-1 2q-21-5-42 0ZM24 10V1h16v9Z" fill={DARK} />}
      {has(Wear.cap) && <path d="M19.5 15Q20 5 32 5t12.5 10l8 1v2H19.5Z" fill={WHITE} />}
    </svg>
  );
}

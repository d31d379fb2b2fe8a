// What ended at a desk while one looks on, for it is on no desk any more: the answer, and how satisfied they were.
import type { Words } from "madang";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { View } from "../desk.tsx";
import { useSpeech } from "../speech.tsx";

/** As many as one may still want to look at. */
const MOST = 10;

interface Props {
  city: View["city"];
  department: string;
  title(card: Words.PetitionCard): string;
  detail(card: Words.PetitionCard): ComponentChildren;
}

export function Ended({ city, department, title, detail }: Props) {
  const { t } = useSpeech();
  const [cards, setCards] = useState<(Words.PetitionCard & { isRated: boolean })[]>([]);
  const [open, setOpen] = useState<string>();
  useEffect(
    () =>
      city.on("petitions.desk_changed", ({ what, card }) =>
        setCards((before) => {
          const same = before.find((one) => one.petition === card.petition);
          const others = before.filter((one) => one !== same);
          if (!card.ended_at || card.department !== department) return others;
          return [{ ...card, isRated: what === "rated" || same?.isRated === true }, ...others].slice(0, MOST);
        }),
      ),
    [city, department],
  );
  if (!cards.length) return null;
  return (
    <section class="ended">
      <h2>{t("ended_here")}</h2>
      {cards.map((card) => (
        <section key={card.petition}>
          <button
            type="button"
            aria-expanded={open === card.petition}
            onClick={() => setOpen(open === card.petition ? undefined : card.petition)}
          >
            {title(card)} {card.isRated && <em>{t("was_rated")}</em>}
          </button>
          {open === card.petition && detail(card)}
        </section>
      ))}
    </section>
  );
}

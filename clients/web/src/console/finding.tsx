// Finding a citizen: by a part of the name among those who are here now, or by the whole id.
import { useEffect, useState } from "preact/hooks";
import type { City } from "./city.ts";
import { find, type Here } from "./people.tsx";
import { useSpeech } from "./speech.tsx";

/** So long after the last letter one looks. */
const TYPED_MS = 200;

interface Finding {
  city: City;
  /** Another one is another search, with an empty field. */
  which: string;
  open(id: string): void;
}

/** A field and who is found by it; Enter opens the first, or the id that was typed where nobody is called so. */
export function FindCitizen({ city, which, open }: Finding) {
  const { t } = useSpeech();
  const [looksFor, lookFor] = useState("");
  const [found, setFound] = useState<{ name: string; citizens: Here[]; of: number }>();
  const chosen = (id: string) => {
    lookFor("");
    open(id);
  };
  return (
    <>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = `${new FormData(event.currentTarget as HTMLFormElement).get("who")}`.trim();
          const first = found?.name === typed ? found.citizens[0]?.citizen : undefined;
          if (typed) chosen(first ?? typed);
        }}
      >
        <label>
          <span>
            {t("name_or_id")} <kbd>/</kbd>
          </span>
          <input
            key={which}
            name="who"
            type="search"
            maxLength={40}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => lookFor(event.currentTarget.value.trim())}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
        </label>
        <button type="submit">{t("open_id")}</button>
      </form>
      {looksFor && <Found city={city} name={looksFor} found={found} told={setFound} open={chosen} />}
    </>
  );
}

interface Looked {
  city: City;
  name: string;
  found: { name: string; citizens: Here[]; of: number } | undefined;
  told(found: { name: string; citizens: Here[]; of: number }): void;
  open(id: string): void;
}

function Found({ city, name, found, told, open }: Looked) {
  const { t, own, role } = useSpeech();
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    let isNewest = true;
    const timer = setTimeout(() => {
      find(city, name).then(
        (answer) => {
          if (!isNewest) return;
          told({ name, ...answer });
          setAway(false);
        },
        () => isNewest && setAway(true),
      );
    }, TYPED_MS);
    return () => {
      isNewest = false;
      clearTimeout(timer);
    };
  }, [city, name]);
  const { districts } = city.client.welcome!.city;
  if (isAway) return <p class="wrong">{t("unreachable")}</p>;
  if (!found) return <p class="empty">{t("loading")}</p>;
  if (!found.citizens.length) return <p class="empty calm">{t("nobody_here", { name: found.name })}</p>;
  return (
    <>
      <ul class="rows" aria-label={t("found")}>
        {found.citizens.map((one) => (
          <li key={one.citizen}>
            <button type="button" onClick={() => open(one.citizen)}>
              <strong>
                <bdi>{one.name}</bdi>
              </strong>
              <span class="about">
                {one.roles.map(role).join(" · ")} ·{" "}
                {own(districts.find(({ id }) => id === one.district)?.name) || t("in_no_district")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.of > found.citizens.length && (
        <p class="empty">{t("and_more", { n: found.of - found.citizens.length })}</p>
      )}
    </>
  );
}

// Petitions: file one, follow one's own, read those that are public. All of it without walking anywhere.
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { attempt, why } from "../session";
import { client, me } from "../state";
import { day, type Key, moment, of, say } from "../texts";
import { InParts } from "./in_parts";
import { Form } from "./petition_form";
import { type Guide, nameOf } from "./petition_guide";
import { One } from "./petition_one";
import type { PanelProps } from "./registry";

const TABS = ["file", "mine", "notices", "public"] as const;
type Tab = (typeof TABS)[number];

export function Petitions({ world }: PanelProps) {
  const isVisitor = me.value?.roles.includes("visitor") ?? true;
  const [tab, setTab] = useState<Tab>(isVisitor ? "public" : "file");
  const [shown, setShown] = useState<string | null>(null);
  const [guide, setGuide] = useState<Guide | null>(null);
  const [fault, setFault] = useState("");
  const city = client.value!;
  useEffect(() => {
    city.ask("petitions.guide", {}).then(
      (told) => setGuide(told as unknown as Guide),
      (error) => setFault(why(error).text),
    );
  }, [city]);
  if (fault)
    return (
      <p role="alert" class="bad">
        {fault}
      </p>
    );
  if (!guide) return <p class="soft">{say("panel.loading")}</p>;
  if (shown) return <One petition={shown} guide={guide} back={() => setShown(null)} />;
  return (
    <>
      <div class="tabs" role="tablist">
        {TABS.filter((each) => !isVisitor || each === "public").map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab_${each}`}
            aria-selected={tab === each}
            aria-controls="petitions_tab"
            onClick={() => setTab(each)}
          >
            {say(`pt.${each}` as Key)}
          </button>
        ))}
      </div>
      <div id="petitions_tab" role="tabpanel" aria-labelledby={`tab_${tab}`}>
        {isVisitor && <p class="paper">{say("pt.visitor")}</p>}
        {tab === "file" && <Form guide={guide} world={world} show={setShown} />}
        {tab === "mine" && <Mine guide={guide} show={setShown} />}
        {tab === "notices" && <Notices show={setShown} />}
        {tab === "public" && <Public guide={guide} />}
      </div>
    </>
  );
}

/** Pages of a list, asked for one after the other. */
function usePages<T>(ask: (after?: string) => Promise<{ items: T[]; next?: string | null | undefined }>) {
  const [items, setItems] = useState<T[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const load = (after?: string) =>
    attempt(
      ask(after)
        .then((page) => {
          setItems((before) => (after ? [...(before ?? []), ...page.items] : page.items));
          setNext(page.next ?? null);
        })
        .catch((error) => {
          setItems((before) => before ?? []);
          throw error;
        }),
    );
  useEffect(() => {
    void load();
    const city = client.value!;
    const stops = [
      city.on("petitions.noticed", () => void load()),
      city.on("petitions.signers_told", () => void load()),
      city.on("state", ({ state, resumed }) => {
        if (state === "here" && !resumed) void load();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return { items, reload: () => load(), more: next ? () => void load(next) : null };
}

function Mine({ guide, show }: { guide: Guide; show: (petition: string) => void }) {
  const { items, more } = usePages<Words.PetitionCard>((after) =>
    client.value!.ask("petitions.mine", after ? { after } : {}),
  );
  if (!items) return <p class="soft">{say("panel.loading")}</p>;
  if (!items.length) return <p class="soft">{say("pt.none")}</p>;
  return (
    <>
      <ul class="rows petitions">
        {items.map((card) => (
          <li key={card.petition}>
            <span class="grow">
              <b>{nameOf(guide.kinds, card.kind)}</b>
              <small>
                {card.number ? say("pt.number", { n: card.number }) : say("pt.no_number")} ·{" "}
                {nameOf(guide.states, card.state)}
                {card.due_at &&
                  !card.ended_at &&
                  ` · ${card.overdue ? say("pt.overdue") : say("pt.due", { day: moment(card.due_at) })}`}
              </small>
              {card.unread ? <em>{say("pt.unread", { n: card.unread })}</em> : null}
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("pt.show")}: ${card.number ?? nameOf(guide.kinds, card.kind)}`}
              onClick={() => show(card.petition)}
            >
              {say("pt.show")}
            </button>
          </li>
        ))}
      </ul>
      {more && (
        <button type="button" class="quiet" onClick={more}>
          {say("more")}
        </button>
      )}
    </>
  );
}

function Notices({ show }: { show: (petition: string) => void }) {
  const { items, more, reload } = usePages<Words.NoticeCard>((after) =>
    client.value!.ask("petitions.notices", after ? { after } : {}),
  );
  if (!items) return <p class="soft">{say("panel.loading")}</p>;
  if (!items.length) return <p class="soft">{say("pt.none_notices")}</p>;
  return (
    <>
      <ul class="questions">
        {items.map((notice) => (
          <li key={`${notice.petition} ${notice.notice}`}>
            <p class="soft">
              {moment(notice.when)}
              {notice.number && ` · ${notice.number}`}
            </p>
            <p>{of(notice.message)}</p>
            {notice.text && (
              <p class="paper" dir="auto">
                {notice.text}
              </p>
            )}
            <p class="row">
              <button type="button" class="quiet" onClick={() => show(notice.petition)}>
                {say("pt.show")}
              </button>
              <button
                type="button"
                class="quiet"
                onClick={() =>
                  void attempt(
                    client.value!.ask("petitions.read_notice", {
                      petition: notice.petition,
                      notice: notice.notice,
                    }),
                  ).then(reload)
                }
              >
                {say("pt.read")}
              </button>
            </p>
          </li>
        ))}
      </ul>
      {more && (
        <button type="button" class="quiet" onClick={more}>
          {say("more")}
        </button>
      )}
    </>
  );
}

function Public({ guide }: { guide: Guide }) {
  const { items, more } = usePages<Words.PublicCard>((after) =>
    client.value!.ask("petitions.list", after ? { after } : {}),
  );
  if (!items) return <p class="soft">{say("panel.loading")}</p>;
  if (!items.length) return <p class="soft">{say("pt.none_public")}</p>;
  return (
    <>
      <ul class="questions">
        <InParts each={2}>
          {items.map((card) => (
            <li key={card.number}>
              <p>{card.summary ?? nameOf(guide.kinds, card.kind)}</p>
              <p class="soft">
                {card.number} · {nameOf(guide.kinds, card.kind)} · {nameOf(guide.states, card.state)}
                {card.department && ` · ${nameOf(guide.departments, card.department)}`} ·{" "}
                {day(card.received_at)}
              </p>
            </li>
          ))}
        </InParts>
      </ul>
      {more && (
        <button type="button" class="quiet" onClick={more}>
          {say("more")}
        </button>
      )}
    </>
  );
}

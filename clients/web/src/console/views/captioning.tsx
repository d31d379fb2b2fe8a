// For captioners and interpreters: the channels of a session, which of them one writes, and the line that one writes.
import { Refused, type Words } from "madang";
import { useEffect, useRef, useState } from "preact/hooks";
import { reason, useActing } from "../acts.tsx";
import { useAnswer } from "../answers.ts";
import type { View } from "../desk.tsx";
import { useSpeech } from "../speech.tsx";

interface CaptioningProps {
  city: View["city"];
  session: Words.QuestionTime;
}

const LONGEST = 200;

export function Captioning({ city, session }: CaptioningProps) {
  const { t, own } = useSpeech();
  const { act } = useActing();
  const [mine, write] = useState<string>();
  const id = session.session;
  const open = (kind: "captions" | "sign", channel?: string) =>
    act({
      key: "",
      label: kind === "sign" ? "open_sign" : "open_channel",
      fields: [
        { name: "channel", label: "channel_code", value: channel },
        ...(kind === "sign"
          ? [
              { name: "where.ko", label: "where_ko" } as const,
              { name: "where.en", label: "where_en" } as const,
            ]
          : []),
      ],
      does: async (values) => {
        const asked = values as unknown as Pick<Words.LiveQaOpenChannel, "channel" | "where">;
        await city.ask("live_qa.open_channel", { ...asked, session: id, kind });
        if (kind === "captions") write(asked.channel);
      },
    });
  return (
    <section class="card captioning" aria-label={t("captioning")}>
      <h2>{t("captioning")}</h2>
      <ul>
        {session.channels.map(({ channel, kind, where, is_open }) => (
          <li key={channel}>
            <strong>{channel}</strong> <small>{t(is_open ? "channel_open" : "channel_closed")}</small>{" "}
            {kind === "sign" && own(where)}{" "}
            {mine !== channel && kind === "captions" && (
              <button
                type="button"
                onClick={() =>
                  act({
                    key: "",
                    label: "take_channel",
                    does: async () => {
                      await city.ask("live_qa.open_channel", { session: id, channel, kind });
                      write(channel);
                    },
                  })
                }
              >
                {t("take_channel")}
              </button>
            )}
            {is_open && (
              <button
                type="button"
                onClick={() =>
                  act({
                    key: "",
                    label: "close_channel",
                    does: async () => {
                      await city.ask("live_qa.close_channel", { session: id, channel });
                      if (mine === channel) write(undefined);
                    },
                  })
                }
              >
                {t("close_channel")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="acts">
        <button type="button" onClick={() => open("captions")}>
          {t("open_channel")}
        </button>
        <button type="button" onClick={() => open("sign")}>
          {t("open_sign")}
        </button>
      </p>
      {mine && <Writing key={mine} city={city} session={id} channel={mine} />}
    </section>
  );
}

/** A line is sent by Enter; what was refused stays in its field, and lines go out in the order in which they were written. */
function Writing({ city, session, channel }: { city: View["city"]; session: string; channel: string }) {
  const speech = useSpeech();
  const { t } = speech;
  const [text, setText] = useState("");
  const [lines, setLines] = useState<Words.CaptionLine[]>([]);
  const [wrong, setWrong] = useState("");
  const sent = useRef(Promise.resolve());
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const before = useAnswer(city, "live_qa.captions", { session, channel, last: true });
  useEffect(
    () =>
      city.on("live_qa.captioned", (told) => {
        if (told.session !== session || told.channel !== channel) return;
        setLines((known) => [...known.filter(({ line }) => line !== told.line.line), told.line].slice(-6));
      }),
    [city, session, channel],
  );
  const shown = lines.length ? lines : (before.answer?.lines ?? []);
  const send = (event: Event) => {
    event.preventDefault();
    const line = text.trim();
    if (!line) return;
    setText("");
    sent.current = sent.current.then(async () => {
      try {
        await city.ask("live_qa.caption", { session, channel, text: line });
        setWrong("");
      } catch (error) {
        setWrong(reason(error, speech));
        // What was not taken comes back, before what was written since.
        setText((now) => `${line} ${now}`.trim());
        if (!(error instanceof Refused)) throw error;
      }
    });
    sent.current = sent.current.catch(() => {});
  };
  return (
    <form onSubmit={send}>
      <ol class="lines" lang={channel}>
        {shown.map(({ line, text: said, is_struck }) => (
          <li key={line}>
            <bdi>{is_struck ? t("struck") : said}</bdi>
          </li>
        ))}
      </ol>
      <label>
        <span>{t("caption_line", { channel })}</span>
        <input
          ref={field}
          type="text"
          name="caption"
          lang={channel}
          maxLength={LONGEST}
          value={text}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}

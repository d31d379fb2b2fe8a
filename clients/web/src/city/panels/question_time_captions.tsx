// In which language one reads what is said, and where sign language is to be seen.
import type { Words } from "madang";
import { attempt } from "../session";
import { client, language } from "../state";
import { of, say } from "../texts";
import { choose, followed } from "./captions_state";

/** What a language is called by who reads the page; its code where that is not known. */
export function tongue(channel: string): string {
  return (
    new Intl.DisplayNames([language.value], { type: "language", fallback: "code" }).of(channel) ?? channel
  );
}

export function CaptionChoice({ session }: { session: Words.QuestionTime }) {
  const written = session.channels.filter(({ kind }) => kind === "captions");
  const signed = session.channels.filter(({ kind, is_open }) => kind === "sign" && is_open);
  if (!session.channels.length) return null;
  const mine = followed.value?.session === session.session ? followed.value.channel : "";
  return (
    <section>
      <h4>{say("captions")}</h4>
      {written.length > 0 && (
        <label class="field">
          <span>{say("captions.choose")}</span>
          <select
            value={mine}
            onChange={(event) =>
              void attempt(choose(client.value!, session.session, event.currentTarget.value))
            }
          >
            <option value="">{say("captions.off")}</option>
            {written.map(({ channel, is_open }) => (
              <option key={channel} value={channel}>
                {tongue(channel)}
                {!is_open && ` (${say("captions.waits")})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {signed.map(({ channel, where }) => (
        <p key={channel}>
          <b>{tongue(channel)}</b>: {of(where)}
        </p>
      ))}
    </section>
  );
}

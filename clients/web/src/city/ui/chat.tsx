// Talking: what was said, to whom one speaks, and the line to write in.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { mode, person } from "../panels/safety_state";
import { speakUp, why } from "../session";
import { type Line, lines, notice, open, whisper, zones } from "../state";
import { say, time } from "../texts";
import { Icon } from "./icons";

/** How often one asked by the key of use to write something. */
export const write = signal(0);

type To = Exclude<Line["to"], "citizen">;

export function Chat() {
  const [isOpen, setOpen] = useState(() => innerWidth > 720);
  const [to, setTo] = useState<To>("nearby");
  const [text, setText] = useState("");
  const [unread, setUnread] = useState(0);
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const seen = useRef(0);
  const whom = whisper.value;
  const canZone = zones.value.some(({ speech }) => speech);

  useEffect(() => {
    const element = log.current;
    if (element) element.scrollTop = element.scrollHeight;
    if (isOpen) {
      seen.current = lines.value.length;
      setUnread(0);
    } else setUnread(lines.value.length - seen.current);
  }, [lines.value, isOpen]);
  useEffect(() => {
    if (!whom) return;
    setOpen(true);
    input.current?.focus();
  }, [whom]);

  useEffect(() => {
    if (!write.value) return;
    setOpen(true);
    // once it is unfolded
    const frame = requestAnimationFrame(() => input.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [write.value]);

  const send = async (event: Event) => {
    event.preventDefault();
    const line = text.trim();
    if (!line) {
      document.querySelector<HTMLCanvasElement>("canvas")?.focus();
      return;
    }
    setText("");
    try {
      const channel = to === "zone" && !canZone ? "nearby" : to;
      const heard = await speakUp(line, whom ? "citizen" : channel, whom ?? undefined);
      if (!heard && !whom) notice(say("chat.not_heard"), "plain", 3500);
    } catch (error) {
      // what was refused comes back, before what was written meanwhile
      setText((now) => (now ? `${line} ${now}` : line));
      notice(why(error).text, "bad");
      input.current?.focus();
    }
  };

  return (
    <section class={isOpen ? "chat" : "chat folded"} aria-label={say("chat")}>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="chat" size={18} />
        <span>{say(isOpen ? "chat.hide" : "chat.show")}</span>
        {unread > 0 && <b>{unread}</b>}
      </button>
      <div
        ref={log}
        class="log"
        role="log"
        aria-live="polite"
        aria-label={say("chat")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        hidden={!isOpen}
      >
        {lines.value.length === 0 && <p class="soft">{say("chat.empty")}</p>}
        {lines.value.map((line) => (
          <Said key={line.key} line={line} />
        ))}
      </div>
      <Mode hidden={!isOpen} />
      <form onSubmit={(event) => void send(event)} hidden={!isOpen}>
        {whom ? (
          <button
            type="button"
            class="to whisper"
            onClick={() => {
              whisper.value = null;
            }}
            title={say("chat.whisper_end")}
          >
            <bdi>{say("chat.whispering", { name: whom.name })}</bdi> ×
          </button>
        ) : (
          <select
            class="to"
            aria-label={say("chat.to")}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value as To)}
          >
            <option value="nearby">{say("chat.to_nearby")}</option>
            <option value="zone" disabled={!canZone}>
              {say("chat.to_zone")}
            </option>
            <option value="district">{say("chat.to_district")}</option>
          </select>
        )}
        <input
          id="say"
          ref={input}
          dir="auto"
          value={text}
          maxLength={1000}
          autocomplete="off"
          enterkeyhint="send"
          placeholder={say("chat.write")}
          aria-label={say("chat.write")}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") document.querySelector<HTMLCanvasElement>("canvas")?.focus();
          }}
        />
        <button type="submit" class="send" aria-label={say("chat.send")}>
          <Icon name="send" size={18} />
        </button>
      </form>
    </section>
  );
}

/** How everyone may write here now. */
function Mode({ hidden }: { hidden: boolean }) {
  const now = mode.value;
  const told = !now
    ? ""
    : now.is_stopped
      ? say("mode.stopped")
      : now.is_staff_only
        ? say("mode.staff_only")
        : now.shield_until
          ? say("mode.shield")
          : now.slow_s
            ? say("mode.slow", { s: now.slow_s })
            : "";
  return (
    <p class="mode" role="status" hidden={hidden || !told}>
      {told}
    </p>
  );
}

function Said({ line }: { line: Line }) {
  const channel =
    line.to === "citizen" ? say("chat.to_citizen") : line.to === "nearby" ? "" : say(`chat.to_${line.to}`);
  return (
    <p class={`said_line ${line.to}${line.mine ? " mine" : ""}`}>
      {line.mine ? (
        <bdi class="who">{line.from}</bdi>
      ) : (
        <button
          type="button"
          class="who"
          title={say("chat.about")}
          onClick={() => {
            person.value = { citizen: line.citizen, name: line.from, message: line.key };
            open.value = "people";
          }}
        >
          <bdi>{line.from}</bdi>
        </button>
      )}
      {channel && (
        <small>
          {channel}
          {line.whom ? (
            <>
              {" "}
              → <bdi>{line.whom}</bdi>
            </>
          ) : null}
        </small>
      )}
      <span class="what" dir="auto">
        {line.text}
      </span>
      <time dateTime={new Date(line.at).toISOString()}>{line.held ? say("chat.held") : time(line.at)}</time>
    </p>
  );
}

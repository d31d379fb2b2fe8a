// Of a district with several halls: the sign of one's own, how many are in each, and the way over.
import { Refused } from "madang";
import { useRef, useState } from "preact/hooks";
import { why } from "../session";
import { client, halls, notice, told } from "../state";
import { number, say } from "../texts";

export function Halls() {
  const [isOpen, setOpen] = useState(false);
  const sign = useRef<HTMLButtonElement>(null);
  const { mine, people, seats } = halls.value;
  if (people.length < 2) return null;
  const cross = async (hall: number) => {
    try {
      await client.value!.enter(told.value!.district, undefined, { hall });
      setOpen(false);
      sign.current?.focus();
    } catch (error) {
      const isFull = error instanceof Refused && error.code === "full";
      notice(isFull ? say("halls.full") : why(error).text, "bad");
    }
  };
  return (
    <div class="halls">
      <button
        ref={sign}
        type="button"
        aria-expanded={isOpen}
        aria-controls="halls"
        title={say("halls.told")}
        onClick={() => setOpen(!isOpen)}
      >
        {say("halls.name", { n: mine + 1 })}
      </button>
      {isOpen && (
        <ul id="halls">
          {people.map((count, hall) =>
            // a mirror without people is closed
            hall > 0 && count === 0 ? null : (
              <li key={hall}>
                <span>{say("halls.name", { n: hall + 1 })}</span>
                <small>
                  {seats ? say("halls.of", { n: number(count), of: number(seats) }) : number(count)}
                </small>
                {hall === mine ? (
                  <small>{say("halls.mine")}</small>
                ) : (
                  <button type="button" onClick={() => cross(hall)}>
                    {say("halls.cross")}
                  </button>
                )}
              </li>
            ),
          )}
        </ul>
      )}
    </div>
  );
}

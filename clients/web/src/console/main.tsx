// Where the console's page begins: signed in, the desk; else the door.
import { render } from "preact";
import { useState } from "preact/hooks";
import { City, keptToken } from "./city.ts";
import "./console.css";
import { Desk } from "./desk.tsx";
import { Door } from "./door.tsx";
import { Spoken } from "./speech.tsx";

interface Opened {
  city?: City | undefined;
  /** Why one stands before the door again: the code of the goodbye. */
  why?: string | undefined;
  /** The how manieth desk it is: nothing of one stays on the next. */
  n: number;
}

function Console() {
  const [{ city, why, n }, set] = useState((): Opened => {
    const token = keptToken();
    return { city: token ? new City(token) : undefined, n: 0 };
  });
  const enter = (into: City) => set((before) => ({ city: into, n: before.n + 1 }));
  if (!city) return <Door open={enter} why={why} />;
  return (
    <Desk
      key={n}
      city={city}
      leave={(code) => set((before) => ({ why: code, n: before.n }))}
      again={() => enter(new City(city.token))}
    />
  );
}

const page = document.getElementById("page");
if (page)
  render(
    <Spoken>
      <Console />
    </Spoken>,
    page,
  );

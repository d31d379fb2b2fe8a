// Where the console's page begins: signed in, the desk; else the door.
import { render } from "preact";
import { useState } from "preact/hooks";
import { City, keptToken } from "./city.ts";
import "./console.css";
import { Desk } from "./desk.tsx";
import { Door } from "./door.tsx";
import { Spoken } from "./speech.tsx";

function Console() {
  const [city, setCity] = useState(() => {
    const token = keptToken();
    return token ? new City(token) : undefined;
  });
  return city ? <Desk city={city} leave={() => setCity(undefined)} /> : <Door open={setCity} />;
}

const page = document.getElementById("page");
if (page)
  render(
    <Spoken>
      <Console />
    </Spoken>,
    page,
  );

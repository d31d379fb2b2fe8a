// The page: first the way in, then the place with what one can do there.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { link, settings } from "../state";
import { say } from "../texts";
import { Arrival } from "./arrival";
import { Parted } from "./parted";

/** The place and all that draws it come while one still writes one's name. */
const street = import("./street").then(({ Street }) => Street);
street.catch(() => {}); // told where it is waited for

export function App() {
  const [isIn, setIn] = useState(false);
  const [Street, setStreet] = useState<ComponentType | null>(null);
  const [isBroken, setBroken] = useState(false);
  const { calm, contrast } = settings.value;
  useEffect(() => {
    document.documentElement.classList.toggle("calm", calm);
    document.documentElement.classList.toggle("contrast", contrast);
  }, [calm, contrast]);
  useEffect(() => {
    street.then(
      (loaded) => setStreet(() => loaded),
      () => setBroken(true),
    );
  }, []);
  if (!isIn) return <Arrival arrived={() => setIn(true)} />;
  return (
    <>
      {isBroken && (
        <p role="alert" class="veil">
          {say("panel.failed")}
        </p>
      )}
      {Street && <Street />}
      {link.value.state === "parted" && <Parted again={() => setIn(false)} />}
    </>
  );
}

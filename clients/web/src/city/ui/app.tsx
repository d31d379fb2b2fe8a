// The page: first the way in, then the place with what one can do there.
import { useEffect, useState } from "preact/hooks";
import { link, settings } from "../state";
import { Arrival } from "./arrival";
import { Parted } from "./parted";
import { Street } from "./street";

export function App() {
  const [isIn, setIn] = useState(false);
  const { calm, contrast } = settings.value;
  useEffect(() => {
    document.documentElement.classList.toggle("calm", calm);
    document.documentElement.classList.toggle("contrast", contrast);
  }, [calm, contrast]);
  return (
    <>
      {isIn ? <Street /> : <Arrival arrived={() => setIn(true)} />}
      {link.value.state === "parted" && isIn && <Parted again={() => setIn(false)} />}
    </>
  );
}

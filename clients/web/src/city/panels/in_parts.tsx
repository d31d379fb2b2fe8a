// What is long comes a few parts a frame: built and laid out all at once it takes the time of three frames of a crowd.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { spared } from "../pace";

/** So many are there at once. */
const AT_ONCE = 1;

/** And so many more with every frame: a heading and a field with its hint take the page about a millisecond. */
const A_FRAME = 1;

interface Parts {
  children: ComponentChildren;
  /** How many come with a frame, where they are small. */
  each?: number;
}

/** Its children, one after the other; a page in the background waits with them until it is seen. */
export function InParts({ children, each = A_FRAME }: Parts) {
  // what is not there for now keeps its place, or what follows it would be made anew when it comes
  const all = Array.isArray(children) ? children : [children];
  const [there, setThere] = useState(Math.max(AT_ONCE, each));
  const isWhole = there >= all.length;
  useEffect(() => {
    if (isWhole) return;
    return spared(() => setThere(there + each));
  }, [there, each, isWhole]);
  return <>{isWhole ? all : all.slice(0, there)}</>;
}

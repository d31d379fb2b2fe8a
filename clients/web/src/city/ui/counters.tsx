// What the page costs, for whoever asks with ?debug.
import { useEffect, useState } from "preact/hooks";
import { say } from "../texts";
import type { World } from "../world";

export function Counters({ world }: { world: World }) {
  const [shown, setShown] = useState<Record<string, number>>({});
  useEffect(() => {
    Object.assign(globalThis, { madang: world }); // for the browser's console
    const timer = setInterval(() => setShown(world.counters()), 1000);
    return () => clearInterval(timer);
  }, [world]);
  return (
    <section class="counters" aria-label={say("debug")}>
      <dl>
        {Object.entries(shown).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-counter={name}>{Number.isInteger(value) ? value : value.toFixed(2)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

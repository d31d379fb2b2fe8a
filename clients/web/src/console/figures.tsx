// A few numbers in a line, each with what it counts.
import type { ComponentChildren } from "preact";

export function Figures({ of }: { of: [what: string, value: ComponentChildren][] }) {
  return (
    <dl class="figures">
      {of.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

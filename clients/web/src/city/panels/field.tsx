// A field of a form with what is wrong about it, told to eyes and to screen readers.
import type { ComponentChildren } from "preact";

export function Fault({ id, fault }: { id: string; fault: string | undefined }) {
  return (
    <p id={id} role="alert" class="bad" hidden={!fault}>
      {fault}
    </p>
  );
}

interface FieldProps {
  name: string;
  label: string;
  fault?: string | undefined;
  hint?: string | undefined;
  children: (aria: {
    id: string;
    name: string;
    "aria-invalid": boolean;
    "aria-describedby": string;
  }) => ComponentChildren;
}

/** Label, the control that `children` makes, hint and fault. */
export function Field({ name, label, fault, hint, children }: FieldProps) {
  const id = `field_${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, name, "aria-invalid": Boolean(fault), "aria-describedby": `${id}_hint ${id}_fault` })}
      <small id={`${id}_hint`} hidden={!hint}>
        {hint}
      </small>
      <Fault id={`${id}_fault`} fault={fault} />
    </div>
  );
}

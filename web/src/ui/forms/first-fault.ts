import type { FormEvent } from 'react';

/** Brings the person to the first field that needs a change, once it shows that. */
export function focusFirstFault(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

/** The same, as a form is told of faults when it is submitted. */
export function toFirstFault(
  _faults: unknown,
  _values: unknown,
  event: FormEvent<HTMLFormElement> | undefined,
) {
  if (event) focusFirstFault(event.currentTarget);
}

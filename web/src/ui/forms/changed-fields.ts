import type { UseFormReturnType } from '@mantine/form';

/** The fields of a form that were changed in it: the others may have been changed elsewhere since it was opened. */
export function changedFields<Values extends object>(form: UseFormReturnType<Values>): Partial<Values> {
  const changed = Object.entries(form.getValues()).filter(([name]) => form.isDirty(name));
  return Object.fromEntries(changed) as Partial<Values>;
}

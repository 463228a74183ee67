import type { Secrets } from '@ibkr-gateway/functions/contract/connection-kind';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';

/** What a kind signs in with, as it is entered: its fields, and what the form around them does with them. */
export interface EnteredSecrets {
  fields: ReactNode;
  /** Says at the fields what is missing. @returns whether something is. */
  isFaulty: () => boolean;
  /** Whether something was typed. */
  isTyped: boolean;
  /** As the API takes them. */
  secrets: () => Secrets;
  /** Says at the fields what is wrong, by field. */
  setErrors: (errors: Record<string, string>) => void;
}

export interface SecretsFormProps {
  /** For a new connection, and not to replace what one has. */
  isNew?: boolean;
  /** The form around the fields. */
  children: (entered: EnteredSecrets) => ReactNode;
}

/** @param secretsOf What was typed, as the API takes it. */
export function enteredSecrets<Values>(
  form: UseFormReturnType<Values>,
  secretsOf: (values: Values) => Secrets,
  fields: ReactNode,
): EnteredSecrets {
  return {
    fields,
    isFaulty: () => form.validate().hasErrors,
    isTyped: form.isDirty(),
    secrets: () => secretsOf(form.values),
    setErrors: form.setErrors,
  };
}

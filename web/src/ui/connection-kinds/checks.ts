import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useSecretsCheck } from '../../api/connection-changes.ts';

const AFTER_MS = 400;

/** What the gateway says of a field as it is filled in: nothing yet, that it is right, or what is wrong. */
export interface FieldCheck {
  fault: string | undefined;
  isRight: boolean;
}

/**
 * Checks a form for a connection's secrets a moment after each change.
 * @param secrets The fields that are filled in, as the API takes them.
 * @returns of a field, what to show at it.
 */
export function useChecks(kind: KindWithSecrets, secrets: Record<string, unknown>) {
  const [settled] = useDebouncedValue(JSON.stringify(secrets), AFTER_MS);
  const { data, isPlaceholderData } = useSecretsCheck(kind, JSON.parse(settled));
  const isCurrent = data !== undefined && !isPlaceholderData && settled === JSON.stringify(secrets);
  return (field: string): FieldCheck => {
    const isFilled = secrets[field] !== undefined;
    const fault = isFilled ? data?.[field] : undefined;
    return { fault, isRight: isCurrent && isFilled && fault === undefined };
  };
}

/** The properties of an input that shows its check, or what the API said of it when it was sent. */
export function checkedProps<Values>(
  form: UseFormReturnType<Values>,
  field: string & keyof Values,
  { fault, isRight }: FieldCheck,
  help: string,
) {
  const { error, ...props } = form.getInputProps(field);
  return {
    ...props,
    error: error ?? fault,
    description: isRight ? `${help} It looks right.` : help,
  };
}

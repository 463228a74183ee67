import { Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { halfWidth } from '../../../format/half-width.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';

interface CodeEntryProps {
  label: string;
  isPending: boolean;
  onCode: (code: string) => void;
}

/** Takes a code that the owner has from IBKR. */
export function CodeEntry({ label, isPending, onCode }: CodeEntryProps) {
  const [code, setCode] = useState('');
  const [isFaulty, setFaulty] = useState(false);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const digits = halfWidth(code).replaceAll(/\s/g, '');
    const isCode = /^\d{6,8}$/.test(digits);
    setFaulty(!isCode);
    if (isCode) onCode(digits);
  };
  return (
    <form onSubmit={send} noValidate>
      <Group gap="sm" align="flex-end">
        <TextInput
          label={label}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={9}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={isFaulty ? 'Enter its six digits; IB Key has eight.' : null}
        />
        <ActionButton type="submit" loading={isPending}>
          Sign in to IBKR
        </ActionButton>
      </Group>
    </form>
  );
}

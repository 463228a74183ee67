import { Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSignInWithCode } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';

/** Asks for a code of the owner's authenticator app and signs in with it. */
export function CodeEntry({ connectionId }: { connectionId: string }) {
  const { mutate, data, error, isPending } = useSignInWithCode(connectionId);
  const [code, setCode] = useState('');
  const [isFaulty, setFaulty] = useState(false);
  const failed = data?.steps.find(({ ok }) => !ok);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const digits = code.replaceAll(/\s/g, '');
    const isCode = /^\d{6}$/.test(digits);
    setFaulty(!isCode);
    if (isCode) mutate(digits);
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack gap="xs">
        <Group gap="sm" align="flex-end">
          <TextInput
            label="Code of your authenticator app"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={isFaulty ? 'Enter the six digits that the app shows now.' : null}
          />
          <ActionButton type="submit" loading={isPending}>
            Sign in to IBKR
          </ActionButton>
        </Group>
        {error !== null && <FailureNotice error={error} />}
        <div role="status">{failed !== undefined && <Text size="sm">{failed.detail}</Text>}</div>
      </Stack>
    </form>
  );
}

import type { ConnectionTest, OwnersAct } from '@ibkr-gateway/functions/contract/connection';
import { Stack, Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useOwnersAct } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { CodeEntry } from './code-entry.tsx';

/** What IBKR may want of the owner after the password, as the error says that tells of it. */
const WANTED = {
  sign_in_code_needed: { field: 'Code of your authenticator app', ask: null, again: null },
  sign_in_text_code_needed: {
    field: 'Code from the text message',
    ask: 'Have the code texted',
    again: 'Have another one texted',
  },
  sign_in_mail_code_needed: {
    field: 'Code from the e-mail',
    ask: 'Have the code mailed',
    again: 'Have another one mailed',
  },
  sign_in_approval_needed: { field: 'Answer of IB Key', ask: 'Ask on my phone', again: 'Ask again' },
} as const;

export type WantedFactor = keyof typeof WANTED;

/** Whether the owner can go on from such an error. */
export function isWantedFactor(code: string | undefined): code is WantedFactor {
  return code !== undefined && Object.hasOwn(WANTED, code);
}

const LOOKS_EVERY_MS = 3_000;

interface SecondFactorProps {
  connectionId: string;
  wanted: WantedFactor;
  onSignedIn?: () => void;
}

/** Goes on with a sign-in that wants a code or a yes of the owner. */
export function SecondFactor({ connectionId, wanted, onSignedIn }: SecondFactorProps) {
  const { mutate, error, isPending, variables } = useOwnersAct(connectionId, onSignedIn);
  const [last, setLast] = useState<ConnectionTest>();
  const act = (does: OwnersAct) =>
    mutate(does, {
      // What only came between a look and its answer, such as another look, ends no waiting.
      onSuccess: (test) => {
        if (does.act !== 'look' || isWantedFactor(failureOf(test)?.error?.code)) setLast(test);
      },
    });
  const failed = failureOf(last);
  const now = isWantedFactor(failed?.error?.code) ? failed.error.code : wanted;
  const { field, ask, again } = WANTED[now];
  const isSent = failed?.error?.details?.sent === true;
  const isYes = now === 'sign_in_approval_needed' && failed?.error?.details?.challenge === undefined;
  // Looking for a yes by itself is nothing that the person does.
  const isBusy = isPending && variables?.act !== 'look';
  const askButton = (label: string) => (
    <ActionButton
      variant={isSent ? 'default' : 'filled'}
      loading={isBusy && variables?.act === 'ask'}
      onClick={() => act({ act: 'ask' })}
    >
      {label}
    </ActionButton>
  );
  const entry = <CodeEntry label={field} isPending={isBusy} onCode={(code) => act({ act: 'code', code })} />;
  return (
    <Stack gap="sm" align="flex-start">
      <Told failed={failed}>
        {isSent && isYes && <Looking look={() => !isPending && act({ act: 'look' })} />}
      </Told>
      {(ask === null || (isSent && !isYes)) && entry}
      {ask !== null && askButton(isSent ? again : ask)}
      {error !== null && <FailureNotice error={error} />}
    </Stack>
  );
}

function failureOf(test: ConnectionTest | undefined) {
  return test?.steps.find(({ ok }) => !ok);
}

function Told({
  failed,
  children,
}: {
  failed: ConnectionTest['steps'][number] | undefined;
  children: ReactNode;
}) {
  return (
    <div role="status">
      {failed !== undefined && <Text size="sm">{failed.detail}</Text>}
      {children}
    </div>
  );
}

/** Looks every few seconds whether the yes has come. */
function Looking({ look }: { look: () => void }) {
  useInterval(look, LOOKS_EVERY_MS, { autoInvoke: true });
  return null;
}

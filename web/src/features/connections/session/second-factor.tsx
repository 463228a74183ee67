import type { ConnectionTest, OwnersAct } from '@ibkr-gateway/functions/contract/connection';
import { Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useOwnersAct, useSignInLooks } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { CodeEntry } from './code-entry.tsx';

/** What IBKR may want of the owner after the password, as the error says that tells of it. */
const WANTED = {
  sign_in_code_needed: {
    by: 'app',
    field: 'Code of your authenticator app',
    ask: null,
    again: null,
    instead: 'Use a code of my authenticator app',
  },
  sign_in_sent_code_needed: {
    by: 'message',
    field: 'Code that IBKR sent',
    ask: 'Have the code sent',
    again: 'Have another one sent',
    instead: 'Have a code sent',
  },
  sign_in_approval_needed: {
    by: 'phone',
    field: 'Answer of IB Key',
    ask: 'Ask on my phone',
    again: 'Ask again',
    instead: 'Ask on my phone',
  },
} as const;
const FACTORS = Object.values(WANTED);

export type WantedFactor = keyof typeof WANTED;

/** Whether the owner can go on from such an error. */
export function isWantedFactor(code: string | undefined): code is WantedFactor {
  return code !== undefined && Object.hasOwn(WANTED, code);
}

interface SecondFactorProps {
  connectionId: string;
  wanted: WantedFactor;
  /** Which factors IBKR offers, as the error says; undefined where that is not known. */
  offered?: unknown;
  onSignedIn?: () => void;
}

/** Goes on with a sign-in that wants a code or a yes of the owner. */
export function SecondFactor({ connectionId, wanted, offered: known, onSignedIn }: SecondFactorProps) {
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
  const { by, field, ask, again } = WANTED[now];
  const isSent = failed?.error?.details?.sent === true;
  const isYes = now === 'sign_in_approval_needed' && failed?.error?.details?.challenge === undefined;
  // Looking for a yes by itself is nothing that the person does.
  const isBusy = isPending && variables?.act !== 'look';
  const asksFor = isBusy && variables?.act === 'ask' ? variables.by : undefined;
  const offered = failed?.error?.details?.offered ?? known;
  const others = FACTORS.filter(
    (each) => each.by !== by && (!Array.isArray(offered) || offered.includes(each.by)),
  );
  const askButton = (label: string) => (
    <ActionButton
      variant={isSent ? 'default' : 'filled'}
      loading={asksFor === by}
      onClick={() => act({ act: 'ask', by })}
    >
      {label}
    </ActionButton>
  );
  const entry = (
    <CodeEntry
      label={field}
      isPending={isBusy && variables?.act === 'code'}
      onCode={(code) => act({ act: 'code', code })}
    />
  );
  return (
    <Stack gap="sm" align="flex-start">
      <Told failed={failed}>
        {isSent && isYes && (
          <Looking connectionId={connectionId} look={() => !isPending && act({ act: 'look' })} />
        )}
      </Told>
      {(ask === null || (isSent && !isYes)) && entry}
      {ask !== null && askButton(isSent ? again : ask)}
      {others.length > 0 && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {Array.isArray(offered) ? 'Another way:' : 'Another way, if IBKR offers it:'}
          </Text>
          {others.map((other) => (
            <ActionButton
              key={other.by}
              variant="subtle"
              size="xs"
              loading={asksFor === other.by}
              onClick={() => act({ act: 'ask', by: other.by })}
            >
              {other.instead}
            </ActionButton>
          ))}
        </Group>
      )}
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

/** Looks whether the yes has come, and at once when the person comes back from their phone's IBKR. */
function Looking({ connectionId, look }: { connectionId: string; look: () => void }) {
  useSignInLooks(connectionId, look);
  return null;
}

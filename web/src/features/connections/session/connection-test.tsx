import type { Connection, TestStep } from '@ibkr-gateway/functions/contract/connection';
import { Group, List, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTestConnection } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { GatewayAddress } from './gateway-address.tsx';
import { isWantedFactor, SecondFactor } from './second-factor.tsx';

const STEPS: Record<TestStep['name'], string> = {
  sign_in: 'Sign in to IBKR',
  accounts: 'Read the accounts',
  mode: 'Compare paper and live',
};
const NAMES = Object.keys(STEPS) as TestStep['name'][];

interface ConnectionTestProps {
  connection: Pick<Connection, 'id' | 'kind'>;
  /** Whether the address of a gateway can be corrected here. */
  hasAddress?: boolean;
  /** Told what came of each test. */
  onTested?: (isWorking: boolean) => void;
  /** Whether it begins by itself. */
  isImmediate?: boolean;
}

/** Tries a connection and shows each step with what came of it. */
export function ConnectionTest({
  connection,
  isImmediate = false,
  hasAddress = false,
  onTested,
}: ConnectionTestProps) {
  const { id, kind } = connection;
  const { mutate, data, error, isPending } = useTestConnection(id);
  const isWorking = data?.ok;
  useEffect(() => {
    if (isWorking !== undefined) onTested?.(isWorking);
  }, [isWorking, onTested]);
  const hasBegun = useRef(false);
  useEffect(() => {
    if (!isImmediate || hasBegun.current) return;
    hasBegun.current = true;
    mutate();
  }, [isImmediate, mutate]);
  const isShown = isPending || data !== undefined;
  const failure = data?.steps.find(({ ok }) => !ok)?.error;
  return (
    <Stack gap="sm">
      {error !== null && <FailureNotice error={error} />}
      <div role="status">
        {isShown && (
          <List size="sm" spacing="xs" listStyleType="none">
            {NAMES.map((name) => (
              <List.Item key={name}>
                <b>{STEPS[name]}:</b>{' '}
                {stepWords(
                  data?.steps.find((step) => step.name === name),
                  isPending,
                )}
              </List.Item>
            ))}
          </List>
        )}
      </div>
      {failure !== undefined && hasAddress && kind === 'gateway' && (
        <GatewayAddress connectionId={id} onChanged={() => mutate()} />
      )}
      {isWantedFactor(failure?.code) && (
        <SecondFactor
          connectionId={id}
          wanted={failure.code}
          offered={failure.details?.offered}
          onSignedIn={() => mutate()}
        />
      )}
      <Group gap="sm">
        <ActionButton variant="default" loading={isPending} onClick={() => mutate()}>
          {isShown ? 'Test again' : 'Test connection'}
        </ActionButton>
        {isPending && (
          <Text size="sm" c="dimmed">
            IBKR can take up to 20 seconds.
          </Text>
        )}
      </Group>
    </Stack>
  );
}

function stepWords(step: TestStep | undefined, isPending: boolean): string {
  if (step === undefined) return isPending ? 'trying…' : 'not tried';
  return `${step.ok ? 'done.' : 'failed.'} ${step.detail}`;
}

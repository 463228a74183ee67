import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAddConnection } from '../../api/connection-changes.ts';
import { KINDS } from '../../ui/connection-kinds/kinds.ts';
import { sessionWords } from '../../ui/connection-kinds/session-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { ModeBadge } from '../../ui/values/mode-badge.tsx';
import classes from './choice.module.css';
import { FEW, offeredOf } from './offered-connections.ts';

interface ConnectionChoiceProps {
  connections: Connection[];
  chosen: Connection | undefined;
  onChoose: (id: string) => void;
}

export function ConnectionChoice({ connections, chosen, onChoose }: ConnectionChoiceProps) {
  const [sought, setSought] = useState('');
  if (connections.length === 0) return <NoConnection />;
  const shown = offeredOf(connections, chosen, sought);
  return (
    <Radio.Group
      label="Which connection?"
      description="The app can use this one and no other."
      value={chosen?.id ?? null}
      onChange={onChoose}
    >
      {connections.length > FEW && (
        <TextInput
          mt="xs"
          label="Find a connection"
          placeholder="Its name or account"
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
      )}
      <Stack gap="xs" mt="xs">
        {shown.map(({ id, label, kind, mode, accounts, session }) => (
          <Radio
            key={id}
            value={id}
            className={classes.choice ?? ''}
            label={
              <Group component="span" gap="xs" justify="space-between">
                <span>{label}</span>
                <ModeBadge mode={mode} />
              </Group>
            }
            description={[...accounts, KINDS[kind].label, sessionWords(kind, session)].join(' · ')}
            classNames={{ body: classes.body ?? '', labelWrapper: classes.words ?? '' }}
          />
        ))}
        {shown.length < connections.length && (
          <Text size="sm" c="dimmed" role="status">
            {shown.length} of {connections.length} are shown. Type a part of the name to find another.
          </Text>
        )}
      </Stack>
    </Radio.Group>
  );
}

function NoConnection() {
  const sandbox = useAddConnection();
  return (
    <Stack gap="sm">
      <Text fw={500}>You have no connection to IBKR yet.</Text>
      <Text size="sm">
        A sandbox is a simulated paper account: nothing to set up, no real money. You can also{' '}
        <Anchor component={Link} to="/connections/new" inherit>
          add your own account
        </Anchor>{' '}
        and come back here.
      </Text>
      {sandbox.error && <FailureNotice error={sandbox.error} />}
      <ActionButton
        variant="default"
        size="md"
        loading={sandbox.isPending}
        onClick={() => sandbox.mutate({ kind: 'sandbox' })}
      >
        Create a sandbox
      </ActionButton>
    </Stack>
  );
}

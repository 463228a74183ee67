import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useApps } from '../../../api/apps.ts';
import { usePublicConfig } from '../../../api/config.ts';
import { useDeleteConnection } from '../../../api/connection-changes.ts';
import { useKeys } from '../../../api/keys.ts';
import { countWords } from '../../../format/words/count-words.ts';
import { isActive } from '../../../format/words/key-words.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { Confirmation } from '../../../ui/forms/confirmation.tsx';
import { Section } from '../../../ui/text/section.tsx';

/** Deletes a connection, after saying what ends with it; of a live one, its name has to be typed. */
export function DeleteConnection({ connection }: { connection: Connection }) {
  const { id, label, mode, kind } = connection;
  const { afterDeletion, deleted } = KINDS[kind];
  const [isAsking, { open, close }] = useDisclosure();
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const remove = useDeleteConnection(id, label, () => navigate('/connections'));
  const keys = useKeys(id).data?.filter(isActive).length;
  const apps = useApps(id).data?.length;
  const auditDays = usePublicConfig()?.auditDays;
  return (
    <Section title="Delete">
      <Stack gap="md">
        <Text size="sm">
          Deletes the connection and ends the access of everything that uses it. {afterDeletion}
        </Text>
        <Group>
          <Button variant="default" onClick={open}>
            Delete this connection
          </Button>
        </Group>
      </Stack>
      <Confirmation
        opened={isAsking}
        onClose={close}
        title={`Delete ${label}?`}
        yes="Delete"
        no="Keep it"
        onYes={() => remove.mutate()}
        isDestructive
        isDisabled={mode === 'live' && typed !== label}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>It cannot be brought back. With it go:</Text>
        <List>
          {keys !== 0 && (
            <List.Item>{keys === undefined ? 'all its API keys' : countWords(keys, 'API key')}</List.Item>
          )}
          {apps !== 0 && (
            <List.Item>
              {apps === undefined ? 'all connected apps' : countWords(apps, 'connected app')}
            </List.Item>
          )}
          <List.Item>{deleted}</List.Item>
          <List.Item>its limits, its session, and what is kept here of its orders</List.Item>
        </List>
        <Text size="sm">
          The activity stays
          {auditDays === undefined
            ? ' for as long as the operator has set'
            : ` for ${countWords(auditDays, 'day')}`}
          .
        </Text>
        {mode === 'live' && (
          <TextInput
            label={`It is live. Type ${label} to delete it.`}
            autoComplete="off"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
      </Confirmation>
    </Section>
  );
}

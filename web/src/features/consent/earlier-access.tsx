import type { EarlierGrant } from '@ibkr-gateway/functions/contract/access/consent';
import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { List, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { age } from '../../format/numbers.ts';
import { useNow } from '../../ui/values/use-now.ts';

interface EarlierAccessProps {
  grants: EarlierGrant[];
  connections: Connection[];
  /** The way to take it back. */
  children: ReactNode;
}

/** What the same host was allowed before: a new yes leaves it as it is. */
export function EarlierAccess({ grants, connections, children }: EarlierAccessProps) {
  const now = useNow();
  return (
    <Stack gap="xs">
      <Text fw={500} size="sm">
        It has access already, and keeps it
      </Text>
      <List size="sm">
        {grants.map(({ grantId, connectionId, scope, createdAt }) => (
          <List.Item key={grantId}>
            {connections.find(({ id }) => id === connectionId)?.label ?? 'A connection'},{' '}
            {scope === 'write' ? 'read & write' : 'read-only'}, allowed {age(now - Date.parse(createdAt))} ago
          </List.Item>
        ))}
      </List>
      {children}
    </Stack>
  );
}

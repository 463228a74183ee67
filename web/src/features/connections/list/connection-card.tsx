import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { age } from '../../../format/numbers.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { ModeBadge } from '../../../ui/values/mode-badge.tsx';
import { WaitingOrders } from '../../../ui/waiting-orders/waiting-orders.tsx';
import { SessionLine } from '../session/session-line.tsx';
import { TradingControl } from '../trading/trading-control.tsx';
import classes from './connection-card.module.css';

interface ConnectionCardProps {
  connection: Connection;
  /** When it was read, in ms since 1970. */
  readAt: number;
}

export function ConnectionCard({ connection, readAt }: ConnectionCardProps) {
  const { id, kind, mode, label, session } = connection;
  return (
    <Paper
      component="article"
      withBorder
      p="lg"
      className={classes.card}
      data-mode={mode}
      aria-labelledby={id}
    >
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Title order={2} size="h3" id={id} style={{ overflowWrap: 'anywhere' }}>
            <Anchor component={Link} to={`/connections/${id}`} inherit c="bright">
              {label}
            </Anchor>
          </Title>
          <ModeBadge mode={mode} />
        </Group>
        <Stack gap={4}>
          <SessionLine kind={kind} session={session} />
          <Text size="sm" c="dimmed">
            {[...accountWords(connection), KINDS[kind].label, lastUseWords(connection)].join(' · ')}
          </Text>
          <Text size="sm" c="dimmed">
            {approvalWords(connection)}
          </Text>
        </Stack>
        <WaitingOrders connectionId={id} hasHeading />
        <TradingControl connection={connection} readAt={readAt} />
      </Stack>
    </Paper>
  );
}

function accountWords({ accounts }: Connection): string[] {
  if (accounts.length === 0) return [];
  return [`${accounts.length === 1 ? 'Account' : 'Accounts'} ${accounts.join(', ')}`];
}

function lastUseWords({ lastUsedAt }: Connection): string {
  return lastUsedAt === null
    ? 'No app has used it yet'
    : `Last used ${age(Date.now() - Date.parse(lastUsedAt))} ago`;
}

/** Who has to say yes to an order; an app or a key may have a stricter rule of its own. */
function approvalWords({ approval, mode }: Connection): string {
  switch (approval) {
    case 'owner':
      return 'You approve every order.';
    case 'model':
      return 'Every order is confirmed by the AI that asks for it.';
    case 'none':
      return 'Orders are sent at once, within your limits.';
    case null:
      return mode === 'live'
        ? 'You approve the orders of AI hosts; those of API keys are sent at once, within your limits.'
        : 'AI hosts confirm their own orders; those of API keys are sent at once, within your limits.';
  }
}

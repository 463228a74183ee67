import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Glance } from '@ibkr-gateway/functions/contract/glance';
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { age } from '../../../format/numbers.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { ModeBadge } from '../../../ui/values/mode-badge.tsx';
import { WaitingList } from '../../../ui/waiting-orders/waiting-list.tsx';
import { SessionLine } from '../session/session-line.tsx';
import { TradingControl } from '../trading/trading-control.tsx';
import classes from './connection-card.module.css';
import { Access, Errors, Worth } from './glance-parts.tsx';

interface ConnectionCardProps {
  connection: Connection;
  /** When it was read, in ms since 1970. */
  readAt: number;
  /** How it stands; undefined while that is on its way, null where it could not be read. */
  glance: Glance | null | undefined;
  /** Its orders that wait for their owner; undefined while they are not known. */
  waiting: readonly Intent[] | undefined;
}

/** One connection among all of them: what it is worth, what waits and what went wrong, who may use it. */
export function ConnectionCard({ connection, readAt, glance, waiting }: ConnectionCardProps) {
  const { id, kind, mode, label, session } = connection;
  return (
    <Paper
      component="article"
      withBorder
      p="md"
      className={classes.card}
      data-mode={mode}
      aria-labelledby={id}
    >
      <Stack gap="sm">
        <TradingControl
          connection={connection}
          readAt={readAt}
          heading={(button) => (
            <div className={classes.row}>
              <Stack gap={4}>
                <Group gap="sm">
                  <Title order={2} size="h4" id={id} style={{ overflowWrap: 'anywhere' }}>
                    <Anchor component={Link} to={`/connections/${id}`} inherit c="bright">
                      {label}
                    </Anchor>
                  </Title>
                  <ModeBadge mode={mode} />
                </Group>
                <SessionLine kind={kind} session={session} />
              </Stack>
              <Worth connection={connection} glance={glance} />
              <Errors connection={connection} glance={glance} />
              <Access connection={connection} glance={glance} />
              {button}
            </div>
          )}
        />
        <Text size="sm" c="dimmed">
          {[
            ...accountWords(connection),
            KINDS[kind].label,
            lastUseWords(connection),
            approvalWords(connection),
          ].join(' · ')}
        </Text>
        <WaitingList orders={waiting} headingOrder={3} isQuiet />
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

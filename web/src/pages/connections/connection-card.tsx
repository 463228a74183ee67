import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { Connection } from '../../api/answers.ts';
import { ModeBadge } from '../../components/mode-badge.tsx';
import { Notice } from '../../components/notice.tsx';
import { KIND_WORDS } from '../../connections/kind-words.ts';
import { StopTrading } from './stop-trading.tsx';
import { WaitingOrders } from './waiting-orders.tsx';

export function ConnectionCard({ connection }: { connection: Connection }) {
  const { id, kind, mode, label, limits } = connection;
  return (
    <Paper
      component="article"
      withBorder
      p="lg"
      aria-labelledby={id}
      {...(mode === 'live' && { style: { borderInlineStart: '6px solid var(--mantine-color-red-9)' } })}
    >
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Title order={2} size="h3" id={id} style={{ overflowWrap: 'anywhere' }}>
            {label}
          </Title>
          <ModeBadge mode={mode} />
        </Group>
        <Text size="sm">
          {KIND_WORDS[kind]}. {approvalWords(connection)}
        </Text>
        {limits.trading === false && (
          <Notice tone="caution" title="Trading is stopped">
            <Text size="sm">Every order on this connection is refused.</Text>
          </Notice>
        )}
        <WaitingOrders connectionId={id} />
        <StopTrading connection={connection} />
      </Stack>
    </Paper>
  );
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

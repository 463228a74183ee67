import type { ProposedOrder } from '@ibkr-gateway/functions/contract/orders/intent';
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { money } from '../../format/numbers.ts';
import { orderWords } from '../../format/words/order-words.ts';
import { ModeBadge } from '../../ui/values/mode-badge.tsx';
import classes from './order-example.module.css';

const ORDER: ProposedOrder = {
  accountId: 'DU1234567',
  contract: { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
  ticket: { conid: 4815747, side: 'BUY', quantity: 10, orderType: 'LMT', limitPrice: 172.5, tif: 'DAY' },
};

const COST: readonly [what: string, amount: string][] = [
  ['Estimated cost', money(1725, 'USD')],
  ['Commission', money(1, 'USD')],
  ['Initial margin', `from ${money(8637, null)} to ${money(9068.25, 'USD')}`],
];

/** The page on which an owner approves an order, in small and with a made-up order. Nothing in it can be pressed. */
export function OrderExample() {
  const { what, how } = orderWords(ORDER);
  return (
    <figure style={{ margin: 0 }}>
      <Paper
        withBorder
        shadow="sm"
        p="lg"
        role="img"
        aria-label={`An order that waits for its owner: ${what}, ${how}`}
      >
        <Stack gap="sm" inert>
          <Group>
            <ModeBadge mode="paper" />
          </Group>
          <div>
            <Text fz={28} fw={700} lh={1.2}>
              {what}
            </Text>
            <Text size="lg">{how}</Text>
          </div>
          <Text size="sm">
            <b>Claude</b> asked for this 12 s ago.
          </Text>
          <dl className={classes.cost}>
            {COST.map(([name, amount]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{amount}</dd>
              </div>
            ))}
          </dl>
          <Group grow>
            <Button component="span" size="md" variant="default">
              Decline
            </Button>
            <Button component="span" size="md">
              Approve
            </Button>
          </Group>
        </Stack>
      </Paper>
      <Text component="figcaption" size="sm" c="dimmed" mt="xs">
        Where you approve orders, each one waits for you like this.
      </Text>
    </figure>
  );
}

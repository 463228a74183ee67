import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Scope } from '@ibkr-gateway/functions/contract/rules/scope';
import { Radio, Stack, Text } from '@mantine/core';
import classes from './choice.module.css';

interface ScopeChoiceProps {
  scope: Scope;
  mode: Connection['mode'];
  /** Whether the host asked to trade at all. */
  mayWrite: boolean;
  onChoose: (scope: Scope) => void;
}

const READS = 'Sees balances, positions, orders, trades and market data. Cannot place or change an order.';
const WRITES = {
  paper:
    'Also places, changes and cancels orders on this paper account, without real money, within your rules.',
  live: 'Also places, changes and cancels orders with your real money, within your rules; losses are yours.',
};

export function ScopeChoice({ scope, mode, mayWrite, onChoose }: ScopeChoiceProps) {
  return (
    <Radio.Group
      label="What may it do?"
      value={scope}
      onChange={(value) => onChoose(value === 'write' ? 'write' : 'read')}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="read" label="Read-only" description={READS} className={classes.choice ?? ''} />
        {mayWrite && (
          <Radio
            value="write"
            label="Read & write"
            description={WRITES[mode]}
            className={classes.choice ?? ''}
          />
        )}
      </Stack>
      {!mayWrite && (
        <Text size="sm" c="dimmed" mt="xs">
          It did not ask to trade.
        </Text>
      )}
    </Radio.Group>
  );
}

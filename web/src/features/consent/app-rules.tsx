import { APPROVAL_MODES, type ApprovalMode } from '@ibkr-gateway/functions/contract/approval';
import { MOST_DAILY_ORDERS, MOST_MONEY } from '@ibkr-gateway/functions/contract/bounds';
import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { NumberInput, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { APPROVAL_WORDS, approvalOn } from '../../format/approval-words.ts';
import { LIMIT_WORDS } from '../../format/limit-words.ts';
import classes from './choice.module.css';

interface AppRulesProps {
  connection: Connection;
  /** Null: the connection's own rule. */
  approval: ApprovalMode | null;
  onApproval: (mode: ApprovalMode) => void;
  limits: Record<string, number>;
  onLimits: (limits: Record<string, number>) => void;
}

/** The ones that come to mind first; the others are set where the app is listed later. */
const LIMITS = ['maxOrderValue', 'maxDailyValue', 'maxDailyOrders'] as const;

/** Rules for this app, within those of the connection: an app's may only be stricter. */
export function AppRules({ connection, approval, onApproval, limits, onLimits }: AppRulesProps) {
  const usual = approvalOn(connection, 'oauth');
  const allowed = APPROVAL_MODES.slice(APPROVAL_MODES.indexOf(usual));
  const change = (name: string, value: number | string) => {
    const { [name]: _, ...others } = limits;
    onLimits(typeof value === 'number' ? { ...others, [name]: value } : others);
  };
  return (
    <Stack gap="md">
      <Radio.Group
        label="Who says yes to an order?"
        value={approval ?? usual}
        onChange={(value) => onApproval(value as ApprovalMode)}
      >
        <Stack gap="xs" mt="xs">
          {allowed.map((mode) => (
            <Radio key={mode} value={mode} {...APPROVAL_WORDS[mode]} className={classes.choice ?? ''} />
          ))}
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {LIMITS.map((name) => (
          <NumberInput
            key={name}
            label={LIMIT_WORDS[name].label}
            placeholder="No limit"
            min={name === 'maxDailyOrders' ? 0 : 0.01}
            max={name === 'maxDailyOrders' ? MOST_DAILY_ORDERS : MOST_MONEY}
            allowDecimal={name !== 'maxDailyOrders'}
            allowNegative={false}
            thousandSeparator=","
            value={limits[name] ?? ''}
            onChange={(value) => change(name, value)}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Money is in the account’s base currency. The limits of the connection hold as well.
      </Text>
    </Stack>
  );
}

import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { APPROVAL_MODES, type ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import { Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { APPROVAL_WORDS, approvalOn } from '../../format/words/approval-words.ts';
import { AMOUNTS, LIMIT_WORDS } from '../../format/words/limit-words.ts';
import { AmountInWords } from '../../ui/forms/amount-in-words.tsx';
import { type Amount, AmountInput, amountFault } from '../../ui/forms/amount-input.tsx';
import classes from './choice.module.css';

interface AppRulesProps {
  connection: Connection;
  /** Null: the connection's own rule. */
  approval: ApprovalMode | null;
  onApproval: (mode: ApprovalMode) => void;
  limits: Record<string, Amount>;
  onLimits: (limits: Record<string, Amount>) => void;
}

/** The ones that come to mind first; the others are set where the app is listed later. */
const LIMITS = ['maxOrderValue', 'maxDailyValue', 'maxDailyOrders'] as const;

/** The limits as the API takes them; null while one of them says nothing for certain. */
export function certainLimits(limits: Record<string, Amount>): Record<string, number> | null {
  const isFaulty = LIMITS.some((name) => amountFault(limits[name] ?? '', AMOUNTS[name]) !== null);
  return isFaulty ? null : (limits as Record<string, number>);
}

/** Rules for this app, within those of the connection: an app's may only be stricter. */
export function AppRules({ connection, approval, onApproval, limits, onLimits }: AppRulesProps) {
  const usual = approvalOn(connection, 'oauth');
  const allowed = APPROVAL_MODES.slice(APPROVAL_MODES.indexOf(usual));
  const change = (name: string, amount: Amount) => {
    const { [name]: _, ...others } = limits;
    onLimits(amount === '' ? others : { ...others, [name]: amount });
  };
  return (
    <Stack gap="md">
      <Radio.Group
        label="Who approves an order?"
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
          <AmountInput
            key={name}
            label={LIMIT_WORDS[name].label}
            description={AMOUNTS[name].unit === 'money' && <AmountInWords amount={limits[name] ?? ''} />}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder="No limit"
            min={AMOUNTS[name].min}
            max={AMOUNTS[name].max}
            isWhole={AMOUNTS[name].isWhole}
            value={limits[name] ?? ''}
            onChange={(amount) => change(name, amount)}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Money is in the account’s base currency. The limits of the connection hold as well.
      </Text>
    </Stack>
  );
}

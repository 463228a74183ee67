import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import type { Limits } from '@ibkr-gateway/functions/contract/rules/limits';
import { Text } from '@mantine/core';
import { APPROVAL_WORDS } from '../../format/words/approval-words.ts';
import { setLimitWords } from '../../format/words/limit-words.ts';
import { useBaseCurrency } from '../shown-connection/base-currency.ts';

interface RulesLineProps {
  rules: { limits: Limits; approval: ApprovalMode | null };
  /** What holds without a rule of its own. */
  onConnection: ApprovalMode;
}

/** Who says yes to the orders of an app or a key, and the limits of its own. */
export function RulesLine({ rules: { limits, approval }, onConnection }: RulesLineProps) {
  const yes =
    approval === null
      ? `${APPROVAL_WORDS[onConnection].label} (the rule of the connection)`
      : APPROVAL_WORDS[approval].label;
  const currency = useBaseCurrency();
  return (
    <Text size="sm" c="dimmed">
      {[`Approval: ${yes}`, ...setLimitWords(limits, currency)].join(' · ')}
    </Text>
  );
}

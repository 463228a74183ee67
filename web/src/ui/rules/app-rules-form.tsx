import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import type { LimitChanges } from '@ibkr-gateway/functions/contract/rules/limits';
import { Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { approvalChanges } from '../../format/words/approval-words.ts';
import { limitChanges } from '../../format/words/limit-words.ts';
import { toFirstFault } from '../forms/first-fault.ts';
import {
  AmountFields,
  ApprovalField,
  InstrumentFields,
  SafeguardFields,
  SwitchField,
} from './rules-fields.tsx';
import { faultyAmounts, type Rules, ruleChanges, rulesOf, shownRules, useRulesForm } from './rules-form.ts';
import { SaveBar } from './save-bar.tsx';

interface AppRulesFormProps {
  /** As they are saved, and how often they were changed. */
  rules: Rules & { version: number };
  /** Of amounts of money, where it is known. */
  currency: string | undefined;
  /** Saves what is named; only if it was made from the newest version. */
  save: (
    changes: { version: number; limits?: LimitChanges; approval?: ApprovalMode | null },
    options: { onSuccess: () => void },
  ) => void;
  isPending: boolean;
  error: unknown;
}

const AS_THE_CONNECTION = {
  label: 'As the connection says',
  description: 'The rule of the connection holds. A rule here counts where it is stricter.',
};

/** What one key or app may do, within what its connection allows. */
export function AppRulesForm({ rules, currency, save, isPending, error }: AppRulesFormProps) {
  const { form, seen, sending, saved: done, looked, undo } = useRulesForm(rules, isPending);
  const [saved, setSaved] = useState<string[] | null>(null);
  const before = shownRules(rules);
  const after = rulesOf(form.values, before);
  const changes = changesOf(before, after, currency);
  const submit = form.onSubmit(() => {
    sending();
    const { version } = rules;
    save(
      { version, ...ruleChanges(before, after) },
      {
        onSuccess: () => {
          done();
          setSaved(changes);
        },
      },
    );
  }, toFirstFault);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <Title order={4} size="h6">
          Rules of its own, within those of the connection
        </Title>
        <SwitchField form={form} name="trading" />
        <ApprovalField form={form} usual={AS_THE_CONNECTION} />
        <AmountFields form={form} currency={currency} />
        <InstrumentFields form={form} />
        <SafeguardFields form={form} />
        <SaveBar
          elsewhere={changesOf(seen, before, currency)}
          onLooked={looked}
          changes={[...changes, ...faultyAmounts(form.values)]}
          saved={saved}
          isPending={isPending}
          error={error}
          onUndo={undo}
        />
      </Stack>
    </form>
  );
}

function changesOf(before: Rules, after: Rules, currency: string | undefined): string[] {
  return [
    ...approvalChanges(before.approval, after.approval, AS_THE_CONNECTION.label),
    ...limitChanges(before.limits, after.limits, currency),
  ];
}

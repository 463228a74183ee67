import { Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { approvalChanges } from '../../format/approval-words.ts';
import { LIMIT_WORDS, limitChanges } from '../../format/limit-words.ts';
import {
  AmountFields,
  ApprovalField,
  InstrumentFields,
  SafeguardFields,
  SwitchField,
} from './rules-fields.tsx';
import { type Rules, rulesOf, useRulesForm, valuesOf } from './rules-form.ts';
import { SaveBar } from './save-bar.tsx';

interface AppRulesFormProps {
  rules: Rules;
  /** Of amounts of money, where it is known. */
  currency: string | undefined;
  save: (rules: Rules, options: { onSuccess: () => void }) => void;
  isPending: boolean;
  error: unknown;
}

const AS_THE_CONNECTION = {
  label: 'As the connection says',
  description: 'The rule of the connection holds. A rule here counts where it is stricter.',
};

/** What one key or app may do, within what its connection allows. */
export function AppRulesForm({ rules, currency, save, isPending, error }: AppRulesFormProps) {
  const form = useRulesForm(rules);
  const [saved, setSaved] = useState<string[] | null>(null);
  const after = rulesOf(form.values);
  const changes = [
    ...approvalChanges(rules.approval, after.approval, AS_THE_CONNECTION.label),
    ...limitChanges(rules.limits, after.limits),
  ];
  return (
    <form onSubmit={form.onSubmit(() => save(after, { onSuccess: () => setSaved(changes) }))}>
      <Stack gap="lg">
        <Title order={4} size="h6">
          Rules of its own, within those of the connection
        </Title>
        <SwitchField form={form} name="trading" words={LIMIT_WORDS.trading} />
        <ApprovalField form={form} usual={AS_THE_CONNECTION} />
        <AmountFields form={form} currency={currency} />
        <InstrumentFields form={form} />
        <SafeguardFields form={form} />
        <SaveBar
          changes={changes}
          saved={saved}
          isPending={isPending}
          error={error}
          onUndo={() => form.setValues(valuesOf(rules))}
        />
      </Stack>
    </form>
  );
}

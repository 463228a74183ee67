import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Checkbox, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { useChangeConnection } from '../../api/connection-changes.ts';
import { useOfferedWarnings } from '../../api/connections.ts';
import { useTool } from '../../api/tools.ts';
import { approvalChanges, usualApprovalWords } from '../../format/words/approval-words.ts';
import { limitChanges } from '../../format/words/limit-words.ts';
import { KINDS } from '../../ui/connection-kinds/kinds.ts';
import { toFirstFault } from '../../ui/forms/first-fault.ts';
import {
  AmountFields,
  ApprovalField,
  InstrumentFields,
  SafeguardFields,
} from '../../ui/rules/rules-fields.tsx';
import {
  faultyAmounts,
  type Rules,
  ruleChanges,
  rulesOf,
  shownRules,
  useRulesForm,
} from '../../ui/rules/rules-form.ts';
import { SaveBar } from '../../ui/rules/save-bar.tsx';
import { useBaseCurrency } from '../../ui/shown-connection/base-currency.ts';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';

/** What the owner allows everybody who uses the connection. */
export function LimitsTab() {
  const connection = useShownConnection();
  useDocumentTitle(`Limits & approvals · ${connection.label} · IBKR Gateway`);
  return <RulesForm connection={connection} />;
}

function RulesForm({ connection }: { connection: Connection }) {
  const { id, kind, mode, version, approval, acceptedWarnings } = connection;
  const { acceptedBesides } = KINDS[kind];
  // Trading is stopped and resumed by its own buttons, above the tabs.
  const { trading: _, ...limits } = connection.limits;
  const rules = { limits, approval, acceptedWarnings };
  const usual = usualApprovalWords(mode);
  const change = useChangeConnection(id);
  const { form, seen, sending, saved: done, looked, undo } = useRulesForm(rules, change.isPending);
  const [saved, setSaved] = useState<string[] | null>(null);
  const currency = useBaseCurrency();
  const warnings = useOfferedWarnings(id).data ?? {};
  const today = useTool(id, 'get_connection_status', {}).data?.trading;

  const before = shownRules(rules);
  const after = rulesOf(form.values, before);
  const changesOf = (from: Required<Rules>, to: Required<Rules>) => [
    ...approvalChanges(from.approval, to.approval, usual.label),
    ...limitChanges(from.limits, to.limits, currency),
    ...warningChanges(from.acceptedWarnings, to.acceptedWarnings, warnings),
  ];
  const changes = changesOf(before, after);
  const save = form.onSubmit(() => {
    sending();
    const accepted = after.acceptedWarnings;
    const isOther = warningChanges(acceptedWarnings, accepted, warnings).length > 0;
    change.mutate(
      { version, ...ruleChanges(before, after), ...(isOther && { acceptedWarnings: accepted }) },
      {
        onSuccess: () => {
          done();
          setSaved(changes);
        },
        onError: (error) => form.setErrors(ownErrors(error)),
      },
    );
  }, toFirstFault);
  const left = today && { orders: today.orders_left_today, value: today.value_left_today };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="md">
        <Section title="Approval">
          <ApprovalField form={form} usual={usual} />
        </Section>
        <Section title="How much">
          <AmountFields form={form} currency={currency} left={left} />
        </Section>
        <Section title="What">
          <InstrumentFields form={form} />
        </Section>
        <Section title="Safeguards">
          <SafeguardFields form={form} />
        </Section>
        <Section title="IBKR’s warnings">
          <Checkbox.Group
            label="Accept in advance"
            description="IBKR stops orders with these warnings until somebody confirms them. They describe the kind of order, not this one order; all others are always asked about."
            {...form.getInputProps('acceptedWarnings')}
          >
            <Stack gap="xs" mt="xs">
              {Object.entries(warnings).map(([warning, words]) => (
                <Checkbox key={warning} value={warning} label={words} />
              ))}
            </Stack>
          </Checkbox.Group>
          {acceptedBesides && (
            <Text size="sm" c="dimmed" mt="sm">
              {acceptedBesides}
            </Text>
          )}
        </Section>
        <SaveBar
          elsewhere={changesOf(seen, before)}
          onLooked={looked}
          changes={[...changes, ...faultyAmounts(form.values)]}
          saved={saved}
          isPending={change.isPending}
          error={change.error}
          onUndo={undo}
        />
      </Stack>
    </form>
  );
}

function warningChanges(before: string[], after: string[], words: Record<string, string>): string[] {
  return Object.entries(words).flatMap(([id, text]) => {
    if (before.includes(id) === after.includes(id)) return [];
    return [`${after.includes(id) ? 'Accepted in advance' : 'Asked about again'}: ${text}`];
  });
}

/** `limits.maxOrderValue` of the API is `maxOrderValue` of the form. */
function ownErrors(error: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldErrors(error)).map(([path, text]) => [path.split('.')[1] ?? path, text]),
  );
}

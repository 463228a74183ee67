import { MOST_SYMBOLS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Checkbox, NativeSelect, Radio, SimpleGrid, Stack, Switch, TagsInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { number } from '../../format/numbers.ts';
import { APPROVAL_WORDS } from '../../format/words/approval-words.ts';
import { ASSET_CLASS_WORDS } from '../../format/words/asset-class-words.ts';
import {
  AMOUNTS,
  type AmountName,
  LIMIT_WORDS,
  SWITCHES,
  type SwitchName,
} from '../../format/words/limit-words.ts';
import { separateWords } from '../../format/words/separate-words.ts';
import { AmountInWords } from '../forms/amount-in-words.tsx';
import { AmountInput } from '../forms/amount-input.tsx';
import type { RulesValues } from './rules-form.ts';

type Form = UseFormReturnType<RulesValues>;

/** Who has to say yes; `usual` is what holds when nothing is set here. */
export function ApprovalField({
  form,
  usual,
}: {
  form: Form;
  usual: { label: string; description: string };
}) {
  const choices = [['usual', usual] as const, ...Object.entries(APPROVAL_WORDS)];
  return (
    <Radio.Group label="Who has to approve an order?" {...form.getInputProps('approval')}>
      <Stack gap="sm" mt="xs">
        {choices.map(([value, { label, description }]) => (
          <Radio key={value} value={value} label={label} description={description} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface AmountFieldsProps {
  form: Form;
  /** Of amounts of money, where it is known. */
  currency: string | undefined;
  /** What is left of today's, where it is known. */
  left?: { orders: number | null; value: number | null } | undefined;
}

export function AmountFields({ form, currency, left }: AmountFieldsProps) {
  const notes: Partial<Record<AmountName, string | undefined>> = {
    maxDailyValue: leftWords(left?.value),
    maxDailyOrders: leftWords(left?.orders),
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
      {amountsOf('size').map((name) => (
        <NumberField key={name} form={form} name={name} currency={currency} note={notes[name]} />
      ))}
    </SimpleGrid>
  );
}

function amountsOf(heading: (typeof AMOUNTS)[AmountName]['of']): AmountName[] {
  return (Object.keys(AMOUNTS) as AmountName[]).filter((name) => AMOUNTS[name].of === heading);
}

function leftWords(left: number | null | undefined): string | undefined {
  return left === null || left === undefined ? undefined : `${number(left)} left today.`;
}

export function InstrumentFields({ form }: { form: Form }) {
  const { symbols, assetClasses } = LIMIT_WORDS;
  return (
    <Stack gap="lg">
      <TagsInput
        label={symbols.label}
        description={symbols.help}
        placeholder={form.values.symbols.length === 0 ? 'All symbols' : ''}
        maxTags={MOST_SYMBOLS}
        splitChars={[',', ' ']}
        {...form.getInputProps('symbols')}
        onChange={(typed) =>
          form.setFieldValue('symbols', separateWords(typed.map((symbol) => symbol.toUpperCase())))
        }
      />
      <Checkbox.Group
        label={assetClasses.label}
        description={assetClasses.help}
        {...form.getInputProps('assetClasses')}
      >
        <SimpleGrid cols={{ base: 2, xs: 3 }} mt="xs" spacing="xs">
          {Object.entries(ASSET_CLASS_WORDS).map(([code, name]) => (
            <Checkbox key={code} value={code} label={name} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
    </Stack>
  );
}

const OTHERS_ORDERS = [
  { value: 'usual', label: 'The usual rule' },
  { value: 'refused', label: 'Out of reach' },
  { value: 'allowed', label: 'May be cancelled and changed' },
];

/** Whether orders may be cancelled and changed that an app did not place. */
function OthersOrdersField({ form }: { form: Form }) {
  const { label, help } = LIMIT_WORDS.othersOrders;
  return (
    <NativeSelect
      label={label}
      description={help}
      data={OTHERS_ORDERS}
      {...form.getInputProps('othersOrders')}
    />
  );
}

export function SafeguardFields({ form }: { form: Form }) {
  return (
    <Stack gap="lg">
      {(Object.keys(SWITCHES) as SwitchName[]).map((name) => (
        <SwitchField key={name} form={form} name={name} />
      ))}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        {amountsOf('safeguards').map((name) => (
          <NumberField key={name} form={form} name={name} />
        ))}
      </SimpleGrid>
      <OthersOrdersField form={form} />
    </Stack>
  );
}

interface NumberFieldProps {
  form: Form;
  name: AmountName;
  /** Of amounts of money, where it is known. */
  currency?: string | undefined;
  note?: ReactNode;
}

function NumberField({ form, name, currency, note }: NumberFieldProps) {
  const { label, help } = LIMIT_WORDS[name];
  const { min, max, isWhole, unit } = AMOUNTS[name];
  return (
    <AmountInput
      label={label}
      description={
        <>
          {help} {note && <b>{note}</b>}
          {unit === 'money' && form.isDirty(name) && (
            <AmountInWords amount={form.values[name]} currency={currency} />
          )}
        </>
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder="No limit"
      unit={unit === 'money' ? currency : unit}
      min={min}
      max={max}
      isWhole={isWhole}
      {...form.getInputProps(name)}
    />
  );
}

interface SwitchFieldProps {
  form: Form;
  name: SwitchName | 'trading';
}

export function SwitchField({ form, name }: SwitchFieldProps) {
  const { label, help } = LIMIT_WORDS[name];
  return <Switch label={label} description={help} {...form.getInputProps(name, { type: 'checkbox' })} />;
}

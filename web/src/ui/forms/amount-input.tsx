import { Text, TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { number } from '../../format/numbers.ts';
import { typedAmount } from '../../format/typed-amount.ts';

/** An amount as an input holds it: nothing (`''`), a number, or a text that is none for certain. */
export type Amount = number | string;

interface AmountInputProps extends Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange'> {
  value?: Amount;
  onChange?: (amount: Amount) => void;
  isWhole?: boolean;
  /** The least that there is to type. */
  min: number;
  /** The most. */
  max: number;
  unit?: string | undefined;
}

/** What is wrong with an amount; null: nothing. */
export function amountFault(
  amount: Amount,
  { min, max, isWhole = false }: { min: number; max: number; isWhole?: boolean },
) {
  if (amount === '') return null;
  if (typeof amount === 'string')
    return 'Write it as in 5000, 5,000 or 5000.50: this may mean several amounts, or none.';
  if (isWhole && !Number.isInteger(amount)) return 'A whole number.';
  if (amount < min) return `At least ${number(min)}.`;
  return amount > max ? `At most ${number(max)}.` : null;
}

/** A field for an amount, which takes it with commas too, and says so when it is not certain what is meant. */
export function AmountInput({
  value = '',
  onChange,
  isWhole = false,
  min,
  max,
  unit,
  error,
  onBlur,
  ...props
}: AmountInputProps) {
  const [typed, setTyped] = useState('');
  // What was typed stays as it is for as long as it means the value.
  const text = meant(typed, unit) === value ? typed : typeof value === 'number' ? number(value) : value;
  return (
    <TextInput
      {...props}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={text}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onChange?.(meant(currentTarget.value, unit));
      }}
      onBlur={(event) => {
        if (typeof value === 'number') setTyped(number(value));
        onBlur?.(event);
      }}
      error={error ?? amountFault(value, { min, max, isWhole })}
      rightSection={
        unit && (
          <Text size="sm" c="dimmed">
            {unit}
          </Text>
        )
      }
      rightSectionWidth="auto"
      rightSectionProps={{ style: { paddingInline: 'var(--mantine-spacing-xs)' } }}
    />
  );
}

function meant(text: string, unit: string | undefined): Amount {
  return text.trim() === '' ? '' : (typedAmount(text, unit) ?? text);
}

import { Text } from '@mantine/core';
import { amountWords } from '../../format/words/amount-words.ts';
import type { Amount } from './amount-input.tsx';

interface AmountInWordsProps {
  amount: Amount;
  /** Undefined: it is not known. */
  currency?: string | undefined;
}

/** An amount of money that was typed, in words below its field; nothing of what is none for certain. */
export function AmountInWords({ amount, currency }: AmountInWordsProps) {
  const words = typeof amount === 'number' ? amountWords(amount, currency) : null;
  if (words === null) return null;
  return (
    <Text span inherit display="block" c="bright" role="status">
      {words.charAt(0).toUpperCase() + words.slice(1)}
      {currency === undefined && ' in the base currency'}.
    </Text>
  );
}

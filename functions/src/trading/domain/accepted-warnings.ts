import type { Warning } from './intent.ts';

/**
 * Warnings of IBKR that an owner may accept beforehand: those that say what an order type or a cash amount is, and
 * nothing about this order. All others are always asked about.
 */
export const OFFERED_WARNINGS: Readonly<Record<string, string>> = {
  o10151: 'A market order may fill at another price than the one shown.',
  o10152: 'A stop order becomes a market order once it is triggered.',
  o10331: 'The kinds of stop orders and their risks.',
  o10164: 'What a cash amount buys is only estimated.',
  o10223: 'Confirms that the order is for a cash amount.',
};

/** What a new sandbox accepts beforehand, so that trying things out needs no second call: all its simulator asks. */
export const SANDBOX_WARNINGS: readonly string[] = [
  ...Object.keys(OFFERED_WARNINGS),
  'o163',
  'o354',
  'o382',
  'o383',
  'o403',
  'o451',
  'o2137',
  'o10153',
];

/** An accepted warning as it is stated afterwards: what it says, without the question whether to go on. */
export function acceptedWords({ id, text }: Warning): string {
  const known = id === null ? undefined : OFFERED_WARNINGS[id];
  if (known !== undefined) return known;
  const statements = text.split(/(?<=[.!?])\s+/).filter((sentence) => !sentence.endsWith('?'));
  return statements.length === 0 ? text : statements.join(' ');
}

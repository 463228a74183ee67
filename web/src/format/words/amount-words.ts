/** Amounts in words, so that a slipped zero is seen before it is saved. */

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** Of each group of three digits, from the last one on. */
const GROUPS = ['', ' thousand', ' million', ' billion', ' trillion'];
const MOST = 1e15;

/**
 * `five thousand US dollars` of 5000 USD; digits behind the point are said as such. Without a currency the number alone.
 * @returns null for what is too large, or has more digits than are kept exactly.
 */
export function amountWords(amount: number, currency?: string): string | null {
  const [whole = '', decimals] = plainDigits(amount).split('.');
  if (amount < 0 || amount >= MOST || !/^\d+$/.test(whole)) return null;
  const behind = decimals && ` point ${[...decimals].map((digit) => SMALL[Number(digit)]).join(' ')}`;
  const unit = currency === undefined ? '' : ` ${currencyName(currency, amount)}`;
  return `${wholeWords(Number(whole))}${behind ?? ''}${unit}`;
}

function plainDigits(amount: number): string {
  return amount.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 8 });
}

function wholeWords(value: number): string {
  if (value === 0) return 'zero';
  const groups = GROUPS.flatMap((name, index) => {
    const group = Math.floor(value / 1000 ** index) % 1000;
    return group === 0 ? [] : [`${groupWords(group)}${name}`];
  });
  return groups.toReversed().join(' ');
}

/** Of 1 to 999. */
function groupWords(value: number): string {
  const [hundreds, rest] = [Math.floor(value / 100), value % 100];
  return [
    ...(hundreds > 0 ? [`${SMALL[hundreds]} hundred`] : []),
    ...(rest > 0 ? [belowHundred(rest)] : []),
  ].join(' ');
}

function belowHundred(value: number): string {
  const ones = value % 10;
  return SMALL[value] ?? `${TENS[Math.floor(value / 10)]}${ones === 0 ? '' : `-${SMALL[ones]}`}`;
}

/** `US dollars`, or `US dollar` of one. */
function currencyName(currency: string, amount: number): string {
  const parts = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    maximumFractionDigits: 8,
    minimumFractionDigits: 0,
  }).formatToParts(amount);
  return parts.find(({ type }) => type === 'currency')?.value ?? currency;
}

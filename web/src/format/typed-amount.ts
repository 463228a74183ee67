/** Amounts as people type them. */

/** `5,000` and `1,000,000.50`; `.` may separate groups where a comma tells decimals, or where there are several. */
const READINGS: readonly (readonly [form: RegExp, groups: string, decimal: string])[] = [
  [/^\d+$/, '', ''],
  [/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/, ',', '.'],
  [/^[1-9]\d{0,2}(\.\d{3})+,\d*$/, '.', ','],
  [/^[1-9]\d{0,2}(\.\d{3}){2,}$/, '.', ''],
  // One point or comma before three digits may mean thousands, unless there is nothing to be thousands of.
  [/^(\d*\.(?!\d{3}$)\d+|\d+\.|0?\.\d{3})$/, '', '.'],
  [/^(\d+,(?!\d{3}$)\d+|\d+,|0,\d{3})$/, '', ','],
];

/** `5 000` and `5’000`. */
const SPACED = /^[1-9]\d{0,2}([\s'’]\d{3})+([.,]\d*)?$/;

/** What a text means, as a number; null where that is not certain: `5.000`, `5.000k`, `5e3`, `-5`. */
export function typedAmount(text: string): number | null {
  const amount = text.trim().replace(/^[$€£]\s*/, '');
  const thousands = /^([^k]+)k$/i.exec(amount)?.[1];
  if (thousands !== undefined) return inThousands(thousands);
  const plain = SPACED.test(amount) ? amount.replaceAll(/[\s'’]/g, '') : amount;
  const reading = READINGS.find(([form]) => form.test(plain));
  if (reading === undefined) return null;
  const [, groups, decimal] = reading;
  const digits = groups === '' ? plain : plain.replaceAll(groups, '');
  return Number(decimal === '' ? digits : digits.replace(decimal, '.'));
}

/** `5k` and `2.5k`. What has groups of thousands besides is not certain. */
function inThousands(text: string): number | null {
  const amount = /^\d+([.,]\d+)?$/.test(text) ? typedAmount(text) : null;
  // 1000 times 1.001 has digits that nobody typed.
  return amount === null ? null : Number((amount * 1000).toPrecision(15));
}

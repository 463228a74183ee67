/** IBKR's account numbers: one to three letters, digits, and perhaps a letter, such as `DU1234567` or `F1234567A`. */
const ACCOUNT_NUMBER = /\b[a-z]{1,3}\d{5,}[a-z]?\b/gi;

/** A text that may be kept or shown: each account number in it, in whichever case it was written, is hidden. */
export function withoutAccountNumbers(text: string): string {
  return text.replace(ACCOUNT_NUMBER, '(account)');
}

/** Where a word begins: also behind an escape of JSON (RFC 8259 section 7), such as a `\n`. */
export const WORD_BEGINS = String.raw`(?:(?<![\w-])|(?<=\\[bfnrt])|(?<=\\u[\da-f]{4}))`;

/** IBKR's account numbers: one to three letters, digits, and perhaps a letter, such as `DU1234567` or `F1234567A`. */
const ACCOUNT_NUMBER = new RegExp(
  String.raw`(?:${WORD_BEGINS}|(?<=[_-]))[a-z]{1,3}\d{5,}[a-z]?(?![a-z\d])`,
  'gi',
);

/** A text that may be kept or shown: each account number in it, in whichever case it was written, is hidden. */
export function withoutAccountNumbers(text: string): string {
  return text.replace(ACCOUNT_NUMBER, '(account)');
}

/** An account as its owner knows it, by its end: `••••567`. */
export function maskedAccount(accountId: string): string {
  return `••••${accountId.slice(-3)}`;
}

/** As `withoutAccountNumbers`, for its owner: each is masked. */
export function maskedAccountNumbers(text: string): string {
  return text.replace(ACCOUNT_NUMBER, maskedAccount);
}

import { WORD_BEGINS, withoutAccountNumbers } from './account-numbers.ts';

/** Our API keys (`ibkr_…`), also cut off. */
const API_KEY = /ibkr_\w{20,}/g;
/** 256 random bits in base64url: what our access tokens, refresh tokens and codes are. */
const TOKEN = new RegExp(String.raw`${WORD_BEGINS}[\w-]{43}(?![\w-])`, 'g');
/** JSON Web Tokens and sealed ones (RFC 7515 and RFC 7516, section 3.1 of each): ID tokens, our cookie. */
const WEB_TOKEN = new RegExp(String.raw`${WORD_BEGINS}eyJ[\w-]*(\.[\w-]*){2,4}`, 'g');

/**
 * A text that came from outside, fit to be kept: account numbers, keys and tokens in it are hidden, it is cut off where
 * it is long, and no half of a character is left, which Firestore would not take.
 */
export function textToKeep(text: string, mostCharacters: number): string {
  return redacted(text).slice(0, mostCharacters).toWellFormed();
}

function redacted(text: string): string {
  return withoutAccountNumbers(
    text.replace(API_KEY, '(key)').replace(WEB_TOKEN, '(token)').replace(TOKEN, '(token)'),
  );
}

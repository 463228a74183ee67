/** Text that others wrote: IBKR, issuers, a gateway of somebody's own, hosts. It is data, shown as it reads and no more. */
import { withoutAccountNumbers } from './account-numbers.ts';

/**
 * Characters that are not seen, or turn the direction of text: with them a text could pass for another, or say more to a
 * model than to a person (Unicode UAX #9 and UAX #44, `Default_Ignorable_Code_Point`; U+2800 is an empty Braille cell).
 */
const UNSEEN = String.raw`\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800`;
const UNSEEN_ANYWHERE = new RegExp(`[${UNSEEN}]`, 'u');
const EACH_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu');
/** Those that end a word or a line. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Marks above one letter, beyond what any language has: more would cover the lines around it. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const TAG = /<[a-z/!?][^>]*>/gi;
const TAG_BEGINS = /<(?=[a-z/!?])/gi;
/** Between what a link or picture of Markdown says and where it leads: hosts show one, and fetch the other unasked. */
const LINK_MIDDLE = /\](?=[(:[])/g;

/** How much longer than what is kept the text may be that is looked at. */
const MARKUP_FACTOR = 8;
const MOST_PROSE_CHARACTERS = 400;

/** Whether a text has characters that are not seen, or turn the direction of others. */
export function hasUnseen(text: string): boolean {
  return UNSEEN_ANYWHERE.test(text);
}

/** A text without characters that are not seen; a break of a line is a blank. */
export function seenText(text: string): string {
  return text.replace(BREAKS, ' ').replace(EACH_UNSEEN, '').replace(STACKED_MARKS, '$1').trim();
}

/** A text of which nothing is left out that is not seen: such characters become escapes of JSON (RFC 8259 section 7). */
export function escapedText(text: string): string {
  return text.replace(EACH_UNSEEN, (character) =>
    character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** A name from outside, safe to stand in a sentence: without what is not seen, without markup, bounded. Blanks in it stay. */
export function plainText(text: string, mostCharacters: number): string {
  return bounded(
    withoutMarkup(seenText(text.slice(0, MARKUP_FACTOR * mostCharacters))).trim(),
    mostCharacters,
  );
}

/** Somebody's own words, as those of IBKR, safe to show: as `plainText`, on one line, and without account numbers. */
export function cleanText(text: string): string {
  const plain = withoutMarkup(seenText(text.slice(0, MARKUP_FACTOR * MOST_PROSE_CHARACTERS)));
  return bounded(withoutAccountNumbers(plain).replace(/\s+/g, ' ').trim(), MOST_PROSE_CHARACTERS);
}

function withoutMarkup(text: string): string {
  // Behind the last bracket no tag ends, and to look for one there would take time that grows with the square.
  const end = text.lastIndexOf('>') + 1;
  const untagged = text.slice(0, end).replace(TAG, ' ') + text.slice(end).replace(TAG_BEGINS, '< ');
  return untagged.replace(LINK_MIDDLE, '] ');
}

function bounded(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  // No half of a character is left.
  return `${text.slice(0, mostCharacters - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Which instrument is meant, and which there are instead, in words. */

import type { AskedInstrument, Instead, NamedInstrument, OtherMeaning, Problem } from '../broker/errors.ts';
import type { Words } from './field-words.ts';

/** More would not help anybody to choose. */
const MAX_CANDIDATES = 12;

/** The first instruments of a list, told apart. */
export function candidates(instruments: readonly NamedInstrument[]): string {
  return instruments.slice(0, MAX_CANDIDATES).map(candidate).join('; ');
}

function candidate({ conid, symbol, exchange, currency, secType, name }: NamedInstrument): string {
  return [symbol, `conid ${conid}`, exchange, currency, secType === 'STK' ? null : secType, name]
    .filter(Boolean)
    .join(' ');
}

export function futuresWords(futures: Problem<'several_futures'>['futures']): string {
  return futures
    .slice(0, MAX_CANDIDATES)
    .map(({ conid, expiry }) => `conid ${conid} expires ${expiry}`)
    .join('; ');
}

/** `AAPL (APPLE INC), listed on NASDAQ in USD`. */
function describe({ symbol, name, exchange, currency }: Omit<NamedInstrument, 'conid'>): string {
  return `${symbol}${name === null ? '' : ` (${name})`}, ${exchange === null ? '' : `listed on ${exchange} `}in ${currency}`;
}

/** What else a ticker is the usual name of, as a sentence. */
export function otherMeaningWords(meaning: OtherMeaning): string {
  if (meaning.kind === 'currency')
    return `The currency ${meaning.symbol} trades in pairs, such as EUR.USD, in which quantity is of the first of the two.`;
  return meaning.kind === 'coin'
    ? `The cryptocurrency is ${meaning.symbol}-USD; search_security with futures lists futures.`
    : `${meaning.symbol} is also the symbol of futures on ${meaning.underlying}: search_security with futures lists them.`;
}

/** What is said beside an instrument whose symbol is also the usual name of something else. */
export function otherMeaningNote(contract: NamedInstrument & { otherMeaning?: OtherMeaning }): {
  note?: string;
} {
  const { otherMeaning } = contract;
  if (otherMeaning === undefined) return {};
  const taken = `${otherMeaning.symbol} was taken for ${describe(contract)}.`;
  return { note: `${taken} ${otherMeaningWords(otherMeaning)}` };
}

export function noSuchInstrument({ asked, instead }: Problem<'no_such_instrument'>): Words {
  const said = insteadWords(instead);
  return {
    message: [`IBKR knows no instrument ${askedWords(asked)}.`, said].filter(Boolean).join(' '),
    hint:
      'instruments' in instead
        ? 'If that is meant, call again with its conid; otherwise find it with search_security.'
        : 'Find it with search_security, which also searches by company name, and use its conid.',
  };
}

function insteadWords(instead: Instead): string | null {
  switch (instead.kind) {
    case 'nothing':
      return null;
    case 'other_meaning':
      return otherMeaningWords(instead.meaning);
    case 'listed':
      return `It has ${candidates(instead.instruments)}.`;
    case 'alike':
      return `Is it ${candidates(instead.instruments)}?`;
    case 'named':
      return `Companies of that name: ${candidates(instead.instruments)}.`;
    case 'no_coin':
      return `It lists no cryptocurrency ${instead.symbol} for this login.`;
    case 'coins':
      return `It lists ${instead.instruments.map(candidate).join('; ')}.`;
    case 'no_futures':
      return `It lists no futures ${instead.symbol}.`;
  }
}

/** `'AAPL' on LSE in GBP`, `conid 265598`. */
function askedWords(asked: AskedInstrument): string {
  if ('conid' in asked) return `conid ${asked.conid}`;
  const { symbol, exchange, currency } = asked;
  return [`'${symbol}'`, exchange && `on ${exchange.trim().toUpperCase()}`, currency && `in ${currency}`]
    .filter(Boolean)
    .join(' ');
}

export function contradiction({ asked, instrument, not }: Problem<'contradiction'>): Words {
  const { exchange, currency, symbol } = not;
  const wrong = [
    exchange === undefined ? [] : `not on ${exchange}`,
    currency === undefined ? [] : `not in ${currency}`,
    symbol === undefined ? [] : `not ${symbol}`,
  ].flat();
  return {
    message: `${askedWords(asked)} is ${describe(instrument)}, and ${wrong.join(' and ')}.`,
    hint:
      'conid' in asked
        ? 'Leave out what contradicts it, or name the other instrument by its symbol alone.'
        : 'Leave out what contradicts it.',
  };
}

export function optionBySymbol({ asked, symbol, option }: Problem<'option_by_symbol'>): Words {
  const [, expiry, , right] = option.split(' ');
  return {
    message: `'${asked}' is an option, ${option}, and options go by conid.`,
    hint: `get_option_chain with symbol ${symbol}, expiry ${expiry} and right ${right?.toUpperCase()} tells its conid.`,
  };
}

export function noSuchOptions(problem: Problem<'no_such_options'>): Words {
  const { symbol, right, tradingClass, expiry, seenExpiries, months, isCut, ...bounds } = problem;
  const strikes = strikesWords(bounds);
  const what = [
    `${right === null ? 'options' : `${right} options`} on ${symbol}`,
    tradingClass === null ? [] : `of the class ${tradingClass}`,
    strikes === null ? [] : `with a strike ${strikes}`,
    expiry === null ? 'that still trade' : `that expire ${isDate(expiry) ? 'on' : 'in'} ${expiry}`,
  ]
    .flat()
    .join(' ');
  const seen = seenExpiries.length > 0 ? ` Seen were the expiries ${seenExpiries.join(', ')}.` : '';
  return isCut
    ? {
        message: `Among the strikes that were looked at are no ${what}; not all could be looked at.${seen}`,
        hint: 'Ask for one that was seen, or for strikes around another price with around.',
      }
    : {
        message: `IBKR lists no ${what}.${seen}`,
        hint: `${strikes === null ? '' : 'Without strike_min and strike_max, the strikes nearest the price are listed. '}Months with options: ${months.join(', ')}.`,
      };
}

function strikesWords({
  strikeMin,
  strikeMax,
}: Pick<Problem<'no_such_options'>, 'strikeMin' | 'strikeMax'>): string | null {
  if (strikeMin !== null && strikeMax !== null) return `from ${strikeMin} to ${strikeMax}`;
  if (strikeMin !== null) return `of ${strikeMin} or more`;
  return strikeMax === null ? null : `of ${strikeMax} or less`;
}

function isDate(expiry: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(expiry);
}

/** Which combos IBKR refuses, and which this service does not take. */

import { type Contract, contractWords } from '../contracts/contracts.ts';
import { hasExpired } from '../contracts/derivative.ts';
import { spreadConid } from './combo.ts';
import type { OrderTicket } from './order-ticket.ts';
import type { OrderField, OrderProblem, TicketContext } from './ticket-context.ts';

const MIN_LEGS = 2;
const MAX_LEGS = 4;

export function checkLegs(
  { conid, legs, exchange }: OrderTicket,
  { currency, legs: contracts = [], now }: TicketContext,
): OrderProblem[] {
  if (legs === undefined) return [];
  const problems: OrderProblem[] = [];
  const wrong = (problem: string, accepted: string, field: OrderField = 'legs') =>
    problems.push({ field, problem, accepted });
  const spread = spreadConid(currency);
  if (spread === null) wrong(`IBKR has no combos in ${currency}.`, 'legs in another currency');
  else if (conid !== spread)
    wrong('The conid is not that of combos in this currency.', String(spread), 'conid');
  if (currency !== 'USD' && exchange === undefined) {
    wrong('Combos in other currencies than USD need an exchange.', 'the exchange of the legs', 'exchange');
  }
  if (legs.length < MIN_LEGS || legs.length > MAX_LEGS) {
    wrong(`A combo of ${legs.length} legs is not taken.`, `${MIN_LEGS} to ${MAX_LEGS} legs`);
  }
  if (new Set(legs.map((leg) => leg.conid)).size < legs.length) {
    wrong('Two legs are the same contract.', 'one leg per contract');
  }
  if (legs.some(({ ratio }) => !Number.isInteger(ratio) || ratio === 0)) {
    wrong('A ratio is not a whole number other than 0.', 'whole numbers, negative for legs that are sold');
  } else if (legs.length > 0 && legs.map(({ ratio }) => Math.abs(ratio)).reduce(greatestDivisor) > 1) {
    wrong('The ratios have a common divisor.', 'the smallest ratios, with a larger quantity');
  }
  return [...problems, ...checkContracts(contracts, now)];
}

/** Combos here are of options: what others can lose is not bounded by strikes. */
function checkContracts(contracts: readonly Contract[], now: Date): OrderProblem[] {
  const wrong = (problem: string, accepted: string): OrderProblem[] => [{ field: 'legs', problem, accepted }];
  const other = contracts.find(({ secType }) => secType !== 'OPT' && secType !== 'FOP');
  if (other !== undefined) {
    return wrong(
      `${other.symbol} (conid ${other.conid}) is no option.`,
      'options, by the conids of get_option_chain',
    );
  }
  const over = contracts.find(({ derivative }) => hasExpired(derivative?.expiry, now));
  if (over !== undefined) return wrong(`${contractWords(over)} has expired.`, 'options that still trade');
  const differ = (of: (contract: Contract) => unknown) => new Set(contracts.map(of)).size > 1;
  if (differ(({ derivative }) => derivative?.underlyingConid) || differ(({ currency }) => currency)) {
    return wrong('The legs are options on several underlyings.', 'options on one underlying');
  }
  return differ(({ derivative }) => derivative?.multiplier)
    ? wrong('The legs stand for different amounts of the underlying.', 'options of one multiplier')
    : [];
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

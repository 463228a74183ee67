/** Which combos IBKR refuses, and which this service does not take. */

import { type Contract, contractWords } from '../../contracts/contracts.ts';
import { hasExpired } from '../../contracts/derivative.ts';
import { spreadConid } from '../combo.ts';
import type { OrderTicket } from '../order-ticket.ts';
import type { TicketContext, TicketFault, TicketField, TicketProblem } from '../ticket-context.ts';

const MIN_LEGS = 2;
const MAX_LEGS = 4;

export function checkLegs(
  { conid, legs, exchange }: OrderTicket,
  { currency, legs: contracts = [], now }: TicketContext,
): TicketProblem[] {
  if (legs === undefined) return [];
  const problems: TicketProblem[] = [];
  const wrong = (fault: TicketFault, field: TicketField = 'legs') => problems.push({ field, fault });
  const spread = spreadConid(currency);
  if (spread === null) wrong({ is: 'no_combos', currency });
  else if (conid !== spread) wrong({ is: 'combo_conid', conid: spread }, 'conid');
  if (currency !== 'USD' && exchange === undefined) wrong({ is: 'combo_exchange' }, 'exchange');
  if (legs.length < MIN_LEGS || legs.length > MAX_LEGS) {
    wrong({ is: 'leg_count', legs: legs.length, least: MIN_LEGS, most: MAX_LEGS });
  }
  if (new Set(legs.map((leg) => leg.conid)).size < legs.length) wrong({ is: 'same_legs' });
  if (legs.some(({ ratio }) => !Number.isInteger(ratio) || ratio === 0)) {
    wrong({ is: 'ratio' });
  } else if (legs.length > 0 && legs.map(({ ratio }) => Math.abs(ratio)).reduce(greatestDivisor) > 1) {
    wrong({ is: 'common_divisor' });
  }
  return [...problems, ...checkContracts(contracts, now)];
}

/** Combos here are of options: what others can lose is not bounded by strikes. */
function checkContracts(contracts: readonly Contract[], now: Date): TicketProblem[] {
  const wrong = (fault: TicketFault): TicketProblem[] => [{ field: 'legs', fault }];
  const other = contracts.find(({ secType }) => secType !== 'OPT' && secType !== 'FOP');
  if (other !== undefined) return wrong({ is: 'no_option', symbol: other.symbol, conid: other.conid });
  const over = contracts.find(({ derivative }) => hasExpired(derivative?.expiry, now));
  if (over !== undefined) return wrong({ is: 'leg_expired', contract: contractWords(over) });
  const differ = (of: (contract: Contract) => unknown) => new Set(contracts.map(of)).size > 1;
  if (differ(({ derivative }) => derivative?.underlyingConid) || differ(({ currency }) => currency)) {
    return wrong({ is: 'several_underlyings' });
  }
  return differ(({ derivative }) => derivative?.multiplier) ? wrong({ is: 'several_multipliers' }) : [];
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

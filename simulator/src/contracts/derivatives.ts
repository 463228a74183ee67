import { type Answer, badRequest, ok } from '../http/answer.ts';
import { numberOf } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { instrumentOf } from './catalog.ts';
import { requireInstrument, validExchanges } from './contracts.ts';
import { type Instrument, OPTION_UNDERLYINGS } from './instruments.ts';
import {
  classesExpiring,
  describeOption,
  listedExpirations,
  listedStrikes,
  optionConid,
  optionMonth,
} from './option-contracts.ts';

/** Expirations of a month like `AUG26`; none for an underlying that was not searched in this session. */
function expirationsOf(
  underlying: Instrument,
  month: string | null,
  { brokerage, now }: BrokerageCall,
): string[] {
  if (!OPTION_UNDERLYINGS.includes(underlying.conid) || !brokerage.searched.has(underlying.conid)) return [];
  return listedExpirations(now).filter((expiry) => optionMonth(expiry) === month);
}

/** Of all expirations of the month together: not every one has them all. */
function strikes(call: BrokerageCall): Answer {
  const { query, market, now } = call;
  const underlying = requireInstrument(query.get('conid'));
  if (!query.get('sectype') || !query.get('month')) throw badRequest('sectype and month are required');
  const spot = market.last(underlying, now);
  const expirations = expirationsOf(underlying, query.get('month'), call);
  const listed = new Set(expirations.flatMap((expiry) => listedStrikes(spot, expiry)));
  const ascending = [...listed].toSorted((a, b) => a - b);
  return ok({ call: ascending, put: ascending });
}

/** One row per class, expiration of the month that has the strike, and right; `strike` is required for options. */
function info(call: BrokerageCall): Answer {
  const { query } = call;
  const underlying = requireInstrument(query.get('conid'));
  const secType = query.get('sectype') ?? query.get('secType');
  if (secType === 'STK') return ok([stockInfo(underlying)]);
  if (secType !== 'OPT') return ok([]);
  const month = query.get('month');
  if (!month || /^\d+$/.test(month)) throw badRequest('month is not valid');
  const strike = numberOf(query.get('strike'));
  if (strike === undefined) throw badRequest('strike is required');
  const right = query.get('right');
  const rights: readonly ('C' | 'P')[] = right === 'C' || right === 'P' ? [right] : ['C', 'P'];
  const spot = call.market.last(underlying, call.now);
  const rows = expirationsOf(underlying, month, call)
    .filter((expiry) => listedStrikes(spot, expiry).includes(strike))
    .flatMap((expiry) =>
      classesExpiring(underlying.conid, expiry).flatMap(({ tradingClass }) =>
        rights.map((each) =>
          optionInfo(instrumentOf(optionConid(underlying.conid, expiry, strike, each, tradingClass))),
        ),
      ),
    );
  return ok(rows.filter((row) => row !== undefined));
}

function optionInfo(instrument: Instrument | undefined): Record<string, unknown> | undefined {
  const terms = instrument?.option;
  if (!instrument || !terms) return undefined;
  return {
    conid: instrument.conid,
    symbol: instrument.symbol,
    secType: 'OPT',
    exchange: 'SMART',
    listingExchange: null,
    right: terms.right,
    strike: terms.strike,
    currency: instrument.currency,
    cusip: null,
    coupon: 'No Coupon',
    desc1: instrument.symbol,
    desc2: describeOption(terms),
    maturityDate: terms.expiry,
    multiplier: String(terms.multiplier),
    tradingClass: terms.tradingClass ?? instrument.symbol,
    validExchanges: validExchanges(instrument).join(','),
  };
}

function stockInfo(instrument: Instrument): Record<string, unknown> {
  return {
    conid: instrument.conid,
    symbol: instrument.symbol,
    secType: 'STK',
    exchange: 'SMART',
    listingExchange: instrument.exchange,
    right: '?',
    strike: 0,
    currency: instrument.currency,
    cusip: null,
    coupon: 'No Coupon',
    desc1: instrument.name,
    desc2: null,
    maturityDate: null,
    multiplier: null,
    tradingClass: instrument.symbol,
    validExchanges: `SMART,${instrument.exchange}`,
  };
}

/** No bonds are traded here; the answer has IBKR's form whatever the issuer. */
function bondFilters({ query, now }: BrokerageCall): Answer {
  if (!query.get('issuerId')) throw badRequest('issuerId is required');
  const year = new Date(now).getUTCFullYear() + 2;
  return ok({
    bondFilters: [
      {
        displayText: 'Maturity Date',
        columnId: 27,
        options: [
          { text: `Dec ${year}`, value: `${year}12` },
          { text: `Jan ${year + 1}`, value: `${year + 1}01` },
        ],
      },
      { displayText: 'Currency', columnId: 5, options: [{ value: 'EUR' }, { value: 'USD' }] },
    ],
  });
}

export const derivativeRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/secdef/strikes', needs: 'brokerage', handle: strikes },
  { method: 'GET', path: '/iserver/secdef/info', needs: 'brokerage', handle: info },
  { method: 'GET', path: '/iserver/secdef/bond-filters', needs: 'brokerage', handle: bondFilters },
];

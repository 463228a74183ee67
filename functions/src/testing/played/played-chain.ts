/** Test support: an IBKR that lists options on one fund, as it does: by month, and then strike by strike. */

import { MONTHS } from '../../broker/market/option-chain.ts';
import { type PlayedIbkr, playIbkr, type Routes } from './played-ibkr.ts';

export interface PlayedOption {
  /** ISO date. */
  expiry: string;
  strike: number;
  rights?: string;
  tradingClass?: string;
  multiplier?: number;
  currency?: string;
}

export const UNDERLYING = {
  ...{ conid: 1, symbol: 'SPY', name: 'SPDR', secType: 'STK', exchange: 'ARCA', currency: 'USD' },
  ...{ derivative: null, tradedOn: [] },
};
/** When it is noon there, some days from now. */
export const day = (fromToday: number) =>
  new Date(Date.now() + fromToday * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'America/New_York' });
const monthOf = (expiry: string) => `${MONTHS[Number(expiry.slice(5, 7)) - 1]}${expiry.slice(2, 4)}`;
export const strikesFrom = (first: number, last: number, step: number) =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
export const series = (expiry: string, strikes: readonly number[], rest: Partial<PlayedOption> = {}) =>
  strikes.map((strike): PlayedOption => ({ expiry, strike, ...rest }));

/** Answers as IBKR does: strikes for a whole month, and then what there is at one strike of it. */
export function playChain(
  options: readonly PlayedOption[],
  price = 100,
  routes: Routes = {},
): Promise<PlayedIbkr> {
  const months = [...new Set(options.map(({ expiry }) => expiry.slice(0, 7)).sort())].map((month) =>
    monthOf(`${month}-01`),
  );
  const inMonth = (query: URLSearchParams) =>
    options.filter(({ expiry }) => monthOf(expiry) === query.get('month'));
  return playIbkr(
    { accounts: ['DU7654321'] },
    {
      'GET /iserver/secdef/search': [
        { conid: '1', symbol: 'SPY', sections: [{ secType: 'OPT', months: months.join(';') }] },
      ],
      'GET /iserver/secdef/strikes': ({ query }) => {
        const having = (right: string) => [
          ...new Set(
            inMonth(query)
              .filter(({ rights = 'CP' }) => rights.includes(right))
              .map(({ strike }) => strike),
          ),
        ];
        return { call: having('C'), put: having('P') };
      },
      'GET /iserver/secdef/info': ({ query }) =>
        inMonth(query)
          .filter(
            ({ strike, rights = 'CP' }) =>
              strike === Number(query.get('strike')) && rights.includes(query.get('right') ?? ''),
          )
          .map(({ expiry, strike, tradingClass = 'SPY', multiplier = 100, currency = 'USD' }) => ({
            conid: conidOf(options, expiry, strike, tradingClass, query.get('right') ?? ''),
            right: query.get('right'),
            strike,
            currency,
            maturityDate: expiry.replaceAll('-', ''),
            multiplier: String(multiplier),
            tradingClass,
          })),
      'GET /iserver/marketdata/snapshot': () => [
        {
          conid: 1,
          '31': String(price),
          '84': String(price),
          '86': String(price),
          '7741': '1',
          _updated: Date.now(),
        },
      ],
      ...routes,
    },
  );
}

function conidOf(
  options: readonly PlayedOption[],
  expiry: string,
  strike: number,
  tradingClass: string,
  right: string,
) {
  const index = options.findIndex(
    (one) => one.expiry === expiry && one.strike === strike && (one.tradingClass ?? 'SPY') === tradingClass,
  );
  return 10 + 2 * index + (right === 'C' ? 0 : 1);
}

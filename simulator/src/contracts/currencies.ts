import { type Answer, badRequest, ok } from '../http/answer.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { currencyPairs } from './catalog.ts';

/** Pairs that contain the currency, whichever way round they are quoted. */
function pairs({ query }: BrokerageCall): Answer {
  const currency = query.get('currency');
  if (!currency) throw badRequest('currency is required');
  const found = currencyPairs().filter(
    (pair) => pair.currency === currency || pair.baseCurrency === currency,
  );
  return ok({
    [currency]: found.map((pair) => ({
      symbol: pair.symbol,
      conid: pair.conid,
      ccyPair: pair.currency === currency ? pair.baseCurrency : pair.currency,
    })),
  });
}

function exchangeRate({ query, market, now }: BrokerageCall): Answer {
  const [source, target] = [query.get('source'), query.get('target')];
  if (!source || !target) throw badRequest('source and target are required');
  const rate = market.rate(source, target, now);
  if (rate === 0) throw badRequest(`no exchange rate for ${source}.${target}`);
  return ok({ rate: Number(rate.toFixed(8)) });
}

export const currencyRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/currency/pairs', needs: 'brokerage', handle: pairs },
  { method: 'GET', path: '/iserver/exchangerate', needs: 'brokerage', handle: exchangeRate },
];

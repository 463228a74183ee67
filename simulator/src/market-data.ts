import type { AccountBook } from './account-book.ts';
import { type Answer, badRequest, failed, ok } from './answer.ts';
import { instrumentOf } from './catalog.ts';
import { requireInstrument } from './contracts.ts';
import { objectBody } from './json-body.ts';
import type { BrokerageCall, Route } from './router.ts';
import { shownTime } from './settings.ts';
import { QuoteFields } from './snapshot-fields.ts';

const MAX_CONIDS = 100;
const MAX_FIELDS = 50;
const DEFAULT_FIELDS = ['31', '84', '86'];

/**
 * The first call for a contract only subscribes and answers `conid` and `conidEx`. Later ones answer the fields,
 * by default those asked for last. Beyond the user's market data lines a contract gets no subscription, and never
 * more than its ids.
 */
function snapshot({ query, session, brokerage, simulation, market, now }: BrokerageCall): Answer {
  const conids = query.get('conids')?.split(',') ?? [];
  if (conids.length === 0 || conids[0] === '') throw badRequest('conids is required');
  if (conids.length > MAX_CONIDS) throw badRequest(`at most ${MAX_CONIDS} conids`);
  const asked = query
    .get('fields')
    ?.split(',')
    .filter((field) => field !== '');
  if (asked && asked.length > MAX_FIELDS) throw badRequest(`at most ${MAX_FIELDS} fields`);
  const account = simulation.accounts.get(brokerage.selectedAccount);
  return ok(conids.map((text) => row(text)));

  function row(text: string): Record<string, unknown> {
    const conid = Number(text.split('@')[0]);
    const plain = { conidEx: text, conid };
    const instrument = instrumentOf(conid);
    if (!instrument || !isLoaded(conid)) return plain;
    const known = brokerage.subscriptions.get(conid);
    if (!known) {
      if (brokerage.subscriptions.size >= simulation.settings.marketDataLines) return plain;
      brokerage.subscriptions.set(conid, { since: now, fields: asked ?? DEFAULT_FIELDS });
      return plain;
    }
    if (asked) known.fields = asked;
    if (now - known.since < simulation.settings.warmUpMs) return plain;
    const values = valuesOf(conid, known.fields, account);
    return { ...plain, ...simulation.quoteOverrides.apply(conid, session.key, values) };
  }

  /** A derivative is known only after its underlying has been searched. */
  function isLoaded(conid: number): boolean {
    const terms = instrumentOf(conid)?.option;
    return terms === undefined || brokerage.searched.has(terms.underlying);
  }

  function valuesOf(
    conid: number,
    fields: readonly string[],
    holder: AccountBook | undefined,
  ): Record<string, unknown> {
    const quote = new QuoteFields(
      market,
      requireInstrument(conid),
      holder,
      shownTime(simulation.settings, now),
    );
    const values: Record<string, unknown> = {
      _updated: now,
      server_id: `q${conid % 10}`,
      6119: `q${conid % 10}`,
      6509: simulation.settings.marketData === 'delayed' ? 'DPB' : quote.availability(),
    };
    for (const field of fields) {
      const value = quote.value(field);
      if (value !== undefined) values[field] = value;
    }
    return values;
  }
}

function unsubscribe({ body, brokerage }: BrokerageCall): Answer {
  const conid = Number(objectBody(body).conid);
  if (!brokerage.subscriptions.delete(conid)) throw failed(500, 'unknown');
  return ok({ success: true });
}

function unsubscribeAll({ brokerage }: BrokerageCall): Answer {
  brokerage.subscriptions.clear();
  return ok({ unsubscribed: true });
}

export const marketDataRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/marketdata/snapshot', needs: 'accounts', handle: snapshot },
  { method: 'POST', path: '/iserver/marketdata/unsubscribe', needs: 'brokerage', handle: unsubscribe },
  { method: 'GET', path: '/iserver/marketdata/unsubscribeall', needs: 'brokerage', handle: unsubscribeAll },
];

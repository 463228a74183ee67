import { instrumentOf } from '../contracts/catalog.ts';
import { requireInstrument } from '../contracts/contracts.ts';
import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { objectBody } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import type { BrokerageSession, Subscription } from '../session/session-state.ts';
import { shownTime } from '../settings.ts';
import { QuoteFields } from './snapshot-fields.ts';

const MAX_CONIDS = 100;
const MAX_FIELDS = 50;
const DEFAULT_FIELDS = ['31', '84', '86'];

/** Who looks at a contract's market data. */
type Viewer = Pick<BrokerageCall, 'simulation' | 'session' | 'brokerage' | 'market' | 'now'>;

/** A derivative is known only after its underlying has been searched. */
function isLoaded(conid: number, { searched }: BrokerageSession): boolean {
  const instrument = instrumentOf(conid);
  return instrument !== undefined && (!instrument.option || searched.has(instrument.option.underlying));
}

/**
 * Takes one of the user's market data lines for a contract, or changes the fields of the one it has. Undefined for a
 * contract that is not known, and beyond the lines that there are.
 */
export function openLine(
  { simulation, brokerage, now }: Viewer,
  conid: number,
  fields: readonly string[] | undefined,
): Subscription | undefined {
  if (!isLoaded(conid, brokerage)) return undefined;
  const known = brokerage.subscriptions.get(conid);
  if (known) {
    if (fields) known.fields = fields;
    return known;
  }
  if (brokerage.subscriptions.size >= simulation.settings.marketDataLines) return undefined;
  const line = { since: now, fields: fields ?? DEFAULT_FIELDS };
  brokerage.subscriptions.set(conid, line);
  return line;
}

/** What is there of the fields of a contract; undefined before its data has come. */
export function lineValues(
  { simulation, session, brokerage, market, now }: Viewer,
  conid: number,
  fields: readonly string[],
): Record<string, unknown> | undefined {
  const line = brokerage.subscriptions.get(conid);
  if (!line || now - line.since < simulation.settings.warmUpMs) return undefined;
  const quote = new QuoteFields(
    market,
    requireInstrument(conid),
    simulation.accounts.get(brokerage.selectedAccount),
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
  return simulation.quoteOverrides.apply(conid, session.key, values);
}

/**
 * The first call for a contract only subscribes and answers `conid` and `conidEx`. Later ones answer the fields,
 * by default those asked for last. Beyond the user's market data lines a contract gets no subscription, and never
 * more than its ids.
 */
function snapshot(call: BrokerageCall): Answer {
  const { query, brokerage } = call;
  const conids = query.get('conids')?.split(',') ?? [];
  if (conids.length === 0 || conids[0] === '') throw badRequest('conids is required');
  if (conids.length > MAX_CONIDS) throw badRequest(`at most ${MAX_CONIDS} conids`);
  const asked = query
    .get('fields')
    ?.split(',')
    .filter((field) => field !== '');
  if (asked && asked.length > MAX_FIELDS) throw badRequest(`at most ${MAX_FIELDS} fields`);
  const rows = conids.map((text) => {
    const conid = Number(text.split('@')[0]);
    const plain = { conidEx: text, conid };
    const isKnown = brokerage.subscriptions.has(conid);
    const line = openLine(call, conid, asked);
    return line && isKnown ? { ...plain, ...lineValues(call, conid, line.fields) } : plain;
  });
  return ok(rows);
}

function unsubscribe({ body, brokerage }: BrokerageCall): Answer {
  const conid = Number(objectBody(body).conid);
  if (!brokerage.subscriptions.delete(conid)) throw failureAnswer(500, 'unknown');
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

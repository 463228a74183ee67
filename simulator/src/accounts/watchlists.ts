import { instrumentOf } from '../contracts/catalog.ts';
import { type Answer, badRequest, ok, serviceUnavailable } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import type { Watchlist } from '../session/session-state.ts';

/** Creates a list, or replaces the one with this id. */
function create({ body, session, now }: BrokerageCall): Answer {
  const { id, name, rows } = objectBody(body);
  if (id === undefined && name === undefined) throw badRequest("body can't be empty");
  const idText = textOf(id);
  const nameText = textOf(name);
  if (idText === undefined || !/^\d+$/.test(idText) || nameText === undefined) throw serviceUnavailable();
  const list: Watchlist = {
    id: idText,
    name: nameText,
    hash: String(now),
    modified: now,
    conids: Array.isArray(rows)
      ? rows.map((row) => numberOf(objectBody(row).C)).filter((conid) => conid !== undefined)
      : [],
  };
  session.watchlists.set(idText, list);
  return ok({ id: list.id, hash: list.hash, name: list.name, readOnly: false, instruments: [] });
}

function list({ session }: BrokerageCall): Answer {
  const lists = [...session.watchlists.values()].map(({ id, name, modified }) => ({
    is_open: false,
    read_only: false,
    name,
    modified,
    id,
    type: 'watchlist',
  }));
  const data = { scanners_only: false, show_scanners: false, bulk_delete: false, user_lists: lists };
  return ok({ data, action: 'content', MID: '1' });
}

/** The first read of a session knows only conid and name of each instrument. */
function read({ query, session, brokerage }: BrokerageCall): Answer {
  const found = session.watchlists.get(query.get('id') ?? '');
  if (!found) throw serviceUnavailable();
  const isWarm = brokerage.warmWatchlists.has(found.id);
  brokerage.warmWatchlists.add(found.id);
  const instruments = found.conids.map((conid) => {
    const instrument = instrumentOf(conid);
    const known = { C: String(conid), conid, name: instrument?.name ?? '' };
    if (!isWarm || !instrument) return known;
    return {
      ST: instrument.assetClass,
      ...known,
      fullName: instrument.symbol,
      assetClass: instrument.assetClass,
      ticker: instrument.symbol,
      chineseName: instrument.name,
    };
  });
  return ok({ id: found.id, hash: found.hash, name: found.name, readOnly: false, instruments });
}

function remove({ query, session }: BrokerageCall): Answer {
  const id = query.get('id') ?? '';
  if (!session.watchlists.delete(id)) throw serviceUnavailable();
  return ok({ data: { deleted: id }, action: 'context', MID: '2' });
}

export const watchlistRoutes: readonly Route[] = [
  { method: 'POST', path: '/iserver/watchlist', needs: 'brokerage', handle: create },
  { method: 'GET', path: '/iserver/watchlists', needs: 'brokerage', handle: list },
  { method: 'GET', path: '/iserver/watchlist', needs: 'brokerage', handle: read },
  { method: 'DELETE', path: '/iserver/watchlist', needs: 'brokerage', handle: remove },
];

/** The prices that apps have watched: looked at once a minute by the schedule, and while an app asks. */
import { getQuotes, type Quote } from '../broker/market/market-data.ts';
import { inWords } from '../connections/broker-words.ts';
import { ibkrClient } from '../connections/pool.ts';
import { GatewayError } from '../errors.ts';
import { takeChannelTurn } from '../notifications/channel-turn.ts';
import type { Service } from '../service.ts';
import { type Connection, readConnection } from '../store/connections.ts';
import { hasAccessEnded } from '../store/credentials/credentials.ts';
import { endWatch, listWatches, type PriceWatch, recordLook } from '../store/news/price-watches.ts';
import { lookAtPrice, type SeenPrice } from '../trading/domain/price-crossing.ts';
import * as logger from './logging/logger.ts';
import { isActiveUser } from './users/active-user.ts';

/** A first look at an instrument may take IBKR some seconds. */
const BUDGET_MS = 9_000;

/** A price of now, or that there is none. */
export function seenPrice({ last, availability, halted, lastIsPreviousClose }: Quote): SeenPrice {
  return { last, isLive: availability === 'realtime' && !halted && !lastIsPreviousClose };
}

/** Looks at the prices that are watched of these connections. What fails for one is logged and keeps no other back. */
export async function watchPrices(service: Service, connectionIds: readonly string[]): Promise<void> {
  await Promise.all(
    connectionIds.map(async (connectionId) => {
      try {
        const watches = await listWatches(service.db, connectionId, new Date());
        const connection = watches.length === 0 ? null : await readConnection(service.db, connectionId);
        if (connection === null || !(await isActiveUser(service, connection.ownerUid))) return;
        await lookAtPrices(service, connection, await withAccess(service, watches));
      } catch (caught) {
        const error = inWords(caught);
        if (!(error instanceof GatewayError)) logger.log('price_look_failed', error);
        else logger.log('prices_not_looked_at', { connectionId, code: error.code });
      }
    }),
  );
}

/** Those whose key or grant has not ended; the others end. */
async function withAccess({ db }: Service, watches: readonly PriceWatch[]): Promise<PriceWatch[]> {
  const kept: PriceWatch[] = [];
  for (const [id, own] of Map.groupBy(watches, ({ credentialId }) => credentialId)) {
    const source = own[0]?.source ?? 'api_key';
    if (await hasAccessEnded(db, { source, id }, new Date())) {
      for (const watch of own) await endWatch(db, watch.id);
    } else kept.push(...own);
  }
  return kept;
}

/**
 * Looks at the prices of watches with one request, and tells subscriptions what crossed.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function lookAtPrices(
  service: Service,
  connection: Connection,
  watches: readonly PriceWatch[],
): Promise<void> {
  if (watches.length === 0) return;
  const begunAt = new Date();
  const ibkr = await ibkrClient(service, connection, BUDGET_MS);
  const quotes = await getQuotes(
    ibkr,
    watches.map(({ conid }) => conid),
  );
  await Promise.all(
    watches.map(async (watch, index) => {
      const quote = quotes[index];
      if (quote === undefined) return;
      const { isArmed, isCrossed } = lookAtPrice(watch, watch.isArmed, seenPrice(quote));
      if (isArmed === watch.isArmed) return;
      const crossedAt = isCrossed ? quote.last : null;
      const isWritten = await recordLook(service.db, watch, { isArmed, crossedAt, begunAt });
      if (!isWritten || !isCrossed || !watch.isSubscribed) return;
      // What is lost here the schedule sends within a minute.
      await takeChannelTurn({ ...service, isWelcome: (uid) => isActiveUser(service, uid) }, watch.id);
    }),
  );
}

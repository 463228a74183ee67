/** `price.crossed`: a price that the gateway looks at for an app, which is told when it crosses a level. */
import { createHash } from 'node:crypto';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { resolveContract } from '../../broker/contracts/contract-resolution.ts';
import { getQuotes } from '../../broker/market/market-data.ts';
import { inWords } from '../../connections/broker-words.ts';
import { ibkrClientInUse } from '../../connections/pool.ts';
import { GatewayError } from '../../errors.ts';
import * as logger from '../../http/logging/logger.ts';
import { looksOf } from '../../http/looks.ts';
import { lookAtPrices, seenPrice } from '../../http/watched-prices.ts';
import type { Service } from '../../service.ts';
import {
  findWatch,
  MOST_OF_A_CONNECTION,
  MOST_WATCHES,
  type PriceWatch,
  saveWatch,
  TooManyWatches,
  type WatchTerms,
} from '../../store/news/price-watches.ts';
import { lookAtPrice } from '../../trading/domain/price-crossing.ts';
import type { Principal } from '../principal.ts';
import { cursorKey } from './cursor.ts';
import { invalidParams, type PriceArguments, resourceExhausted } from './event-types.ts';
import { crossingSource, type Polled, type PollTerms, pollEvents } from './poll.ts';

/** An app that polls and has not asked for so long wants to know no more. */
const POLLED_FOR_MS = 10 * 60_000;
/** Of the time that a request has. */
const BUDGET_MS = 9_000;
const NEXT_POLL_MS = 15_000;

/** The same for the same price, however its instrument is spelled: in which order fields come says nothing. */
export function priceKey({ symbol, conid, exchange, currency, price, direction }: PriceArguments): object {
  return { symbol, conid, exchange, currency, price, direction };
}

/**
 * Has a price watched, or goes on with it.
 * @returns the watch, and whether it is new: what happened before was not seen.
 * @throws {ProtocolError} `InvalidParams` for an instrument that is none, or whose prices are delayed; `ResourceExhausted`.
 */
export async function watchPrice(
  service: Service,
  principal: Principal,
  { id, isSubscribed, expiresAt }: Pick<WatchTerms, 'id' | 'isSubscribed' | 'expiresAt'>,
  asked: PriceArguments,
): Promise<{ watch: PriceWatch; isNew: boolean }> {
  const { db } = service;
  const { price, direction } = asked;
  const known = await findWatch(db, id, new Date());
  const { symbol, conid, isArmed } = known ?? (await firstLook(service, principal, asked));
  try {
    const terms = { id, isSubscribed, expiresAt, symbol, conid, price, direction };
    return await saveWatch(db, principal.credential, terms, isArmed);
  } catch (error) {
    if (!(error instanceof TooManyWatches)) throw error;
    const message = `An app may have at most ${MOST_WATCHES} prices watched, and all apps of one connection ${MOST_OF_A_CONNECTION}. End one first, or let it expire.`;
    throw resourceExhausted(message, 'watches', MOST_WATCHES);
  }
}

/** Which instrument it is, and on which side of the level it stands. */
async function firstLook(
  service: Service,
  { connection }: Principal,
  { price, direction, ...instrument }: PriceArguments,
): Promise<Pick<PriceWatch, 'symbol' | 'conid' | 'isArmed'>> {
  try {
    const ibkr = await ibkrClientInUse(service, connection, BUDGET_MS);
    const named = Object.fromEntries(Object.entries(instrument).filter(([, value]) => value !== undefined));
    const { symbol, conid } = await resolveContract(ibkr, named);
    const [quote] = await getQuotes(ibkr, [conid]);
    if (quote === undefined) throw new TypeError('A quote is answered for each instrument.');
    if (['delayed', 'frozen_delayed', 'not_subscribed'].includes(quote.availability)) {
      throw invalidParams(
        `IBKR gives no prices of now for ${symbol} to this login (${quote.availability}): it cannot be watched. Its owner subscribes to them at IBKR.`,
      );
    }
    const { isArmed } = lookAtPrice({ price, direction }, null, seenPrice(quote));
    return { symbol, conid, isArmed };
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    const message = [error.message, error.hint].join(' ');
    if (['not_found', 'ambiguous_symbol', 'invalid_arguments'].includes(error.code))
      throw invalidParams(message);
    throw new ProtocolError(ProtocolErrorCode.InternalError, message);
  }
}

/** `events/poll`: has the price watched while the app goes on asking, and tells when it crossed. */
export async function pollPrice(
  service: Service,
  principal: Principal,
  asked: PriceArguments,
  terms: PollTerms,
): Promise<Polled> {
  const { db } = service;
  const { connection, credential } = principal;
  const digest = createHash('sha256').update(JSON.stringify([credential.id, priceKey(asked)]));
  const id = `poll_${digest.digest('hex').slice(0, 32)}`;
  const now = Date.now();
  const known = await findWatch(db, id, new Date(now));
  const isFresh = known !== null && known.expiresAt.getTime() > now + POLLED_FOR_MS / 2;
  const expiresAt = new Date(now + POLLED_FOR_MS);
  const { watch, isNew } = isFresh
    ? { watch: known, isNew: false }
    : await watchPrice(service, principal, { id, isSubscribed: false, expiresAt }, asked);
  if (!isNew) await lookNow(service, principal, watch);
  const seen = (await findWatch(db, id, new Date())) ?? watch;
  const polled = await pollEvents(crossingSource(cursorKey(connection.id, id), seen), terms);
  const truncated = polled.truncated || (isNew && terms.cursor !== null);
  return { ...polled, truncated, nextPollMs: NEXT_POLL_MS };
}

/** What cannot be looked at now is known as it was at the last look. */
async function lookNow(service: Service, { connection }: Principal, watch: PriceWatch): Promise<void> {
  const looks = looksOf(service.db);
  if (!looks.begin(watch.id)) return;
  try {
    await lookAtPrices(service, connection, [watch]);
  } catch (caught) {
    looks.failed(watch.id);
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    logger.log('prices_not_looked_at', { connectionId: connection.id, code: error.code });
  }
}

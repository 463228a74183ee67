/**
 * MCP Events (SEP-3415): an app is told of the news of its connection without asking a tool again and again.
 * @see https://modelcontextprotocol.io/extensions/events/overview
 */
import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { AppNewsType } from '../../contract/news/news.ts';
import * as logger from '../../http/logging/logger.ts';
import { noticeOrderChanges } from '../../http/noticed-changes.ts';
import type { Service } from '../../service.ts';
import { withDeadline } from '../../store/database/in-time.ts';
import type { Principal } from '../principal.ts';
import { askedEvent, invalidParams, listEvents } from './event-types.ts';
import { newsSource, type Polled, type PollTerms, pollEvents } from './poll.ts';
import { pollPrice } from './prices.ts';
import { subscribe, subscribeParams, unsubscribe, unsubscribeParams } from './subscriptions.ts';

/** `events` is where hosts look today; the extension moves it. */
export const EVENTS_CAPABILITIES = { events: {}, extensions: { 'io.modelcontextprotocol/events': {} } };

const cursor = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const milliseconds = z.number().int().nonnegative();
const event = { name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) };

const listParams = z.object({ cursor: z.string().nullish() }).optional();
const pollParams = z.object({
  ...event,
  cursor,
  maxAgeMs: milliseconds.nullish().transform((age) => age ?? undefined),
  maxEvents: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((count) => count ?? undefined),
});

/** While an order works that IBKR may fill at any time. */
const NEXT_POLL_WHILE_WORKING_MS = 5_000;
/** With the time in which a callback answers. */
const SUBSCRIBED_WITHIN_MS = 25_000;

export interface EventCaller {
  service: Service;
  principal: Principal;
  /** Writes a record of a call that worked. */
  record: (method: string, args: object) => Promise<void>;
}

export function serveEvents(server: Server, { service, principal, record }: EventCaller): void {
  const { db } = service;
  const { connection } = principal;

  async function pollNews(type: AppNewsType, terms: PollTerms): Promise<Polled> {
    const works = type.startsWith('order.') && (await noticeOrderChanges(service, connection));
    const polled = await withDeadline(pollEvents(newsSource(db, connection, type), terms));
    return works ? { ...polled, nextPollMs: NEXT_POLL_WHILE_WORKING_MS } : polled;
  }

  server.setRequestHandler('events/list', { params: listParams }, (params) => {
    if (params?.cursor)
      throw invalidParams('The events are listed on one page: there is no cursor for more.');
    return listEvents();
  });

  server.setRequestHandler('events/poll', { params: pollParams }, (params) =>
    answered(async () => {
      const asked = askedEvent(params.name, params.arguments);
      const polled = await (asked.price === undefined
        ? pollNews(asked.name, params)
        : pollPrice(service, principal, asked.price, params));
      // Only what was told: an app asks every few seconds.
      const { length } = polled.events;
      if (length > 0) await record('events/poll', { name: asked.name, events: length });
      return { ...polled };
    }),
  );

  server.setRequestHandler('events/subscribe', { params: subscribeParams }, (params) =>
    answered(async () => {
      const subscribed = await withDeadline(
        subscribe(service, principal, params),
        undefined,
        SUBSCRIBED_WITHIN_MS,
      );
      const { name, delivery } = params;
      await record('events/subscribe', { name, host: hostOf(delivery.url), until: subscribed.refreshBefore });
      return { ...subscribed };
    }),
  );

  server.setRequestHandler('events/unsubscribe', { params: unsubscribeParams }, (params) =>
    answered(async () => {
      const name = await withDeadline(unsubscribe(service, principal, params));
      await record('events/unsubscribe', { name, host: hostOf(params.delivery.url) });
      return {};
    }),
  );
}

/** What the activity says of an address: the rest of it may be a secret. */
function hostOf(url: string): string | undefined {
  return URL.parse(url)?.host;
}

/** What `work` answers; what it fails with is logged, and said in no more words than the caller needs. */
async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    logger.log('events_failed', error);
    throw new ProtocolError(
      ProtocolErrorCode.InternalError,
      'The gateway cannot answer at the moment. Try again.',
    );
  }
}

/** The topics that a WebSocket can subscribe to, and how it asks for them. */

import { MAX_TRADE_DAYS } from '../orders/order-reports.ts';
import { LedgerStream, PnlStream, SummaryStream } from './account-streams.ts';
import { HistoryStream } from './history-stream.ts';
import { MarketDataStream } from './market-data-stream.ts';
import { OrderStream } from './order-stream.ts';
import type { Stream, StreamView } from './stream.ts';
import { TradeStream } from './trade-stream.ts';

/** Histories that one client may have at a time. */
const MAX_HISTORIES = 5;
const FIRST_SERVER_ID = 341_000;
let nextHistory = 0;

type Arguments = Readonly<Record<string, unknown>>;

/** One message of a client: `smd+265598+{"fields":["31"]}`. */
export interface TopicRequest {
  /** `s` subscribes, `u` unsubscribes. */
  readonly verb: 's' | 'u';
  /** `md`. */
  readonly channel: string;
  /** `265598`; empty where a topic has none. */
  readonly target: string;
  readonly args: Arguments;
}

/**
 * Reads a message; undefined for what has not the form of one.
 * @throws {TopicError} when its arguments are not a JSON object.
 */
export function readTopic(text: string): TopicRequest | undefined {
  const [, verb, channel, target = '', json] =
    /^([su])([a-z]{2})(?:\+([^{]*?))?\+?(\{.*)?$/s.exec(text) ?? [];
  if (verb === undefined || channel === undefined) return undefined;
  return { verb: verb === 's' ? 's' : 'u', channel, target, args: readArguments(json) };
}

function readArguments(json: string | undefined): Arguments {
  if (json === undefined) return {};
  try {
    return JSON.parse(json);
  } catch {
    throw new TopicError('arguments are not JSON');
  }
}

/** Why a subscription is refused. */
export class TopicError extends Error {
  override readonly name = 'TopicError';
}

interface Topic {
  /** Whether it is part of the brokerage session, and ends with it. */
  readonly isBrokerage: boolean;
  /**
   * @param others What the client has subscribed to already, by channel and target.
   * @throws {TopicError}
   */
  open(view: StreamView, request: TopicRequest, others: ReadonlyMap<string, Stream>): Stream;
  /** What a client hears when it unsubscribes; most topics say nothing. */
  farewell?(target: string): object;
}

/** By what a stream is found again when the client unsubscribes. */
export function streamKey(channel: string, target: string): string {
  return `${channel}+${target}`;
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []).map(String);
}

function ownAccount({ session }: StreamView, target: string): string {
  if (!session.accountIds.includes(target)) throw new TopicError(`accountId is not valid: ${target}`);
  return target;
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  md: {
    isBrokerage: true,
    open({ now }, { channel, target, args }, others) {
      if (!/^\d+(@\w+)?$/.test(target)) throw new TopicError(`conid is not valid: ${target}`);
      const fields = args.fields === undefined ? undefined : texts(args.fields);
      const known = others.get(streamKey(channel, target));
      if (known instanceof MarketDataStream) return known.renewed(fields, now);
      return new MarketDataStream(target, fields, now);
    },
  },
  mh: {
    isBrokerage: true,
    open(_view, { target, args }, others) {
      const running = [...others.values()].filter((stream) => stream instanceof HistoryStream);
      if (running.length >= MAX_HISTORIES) throw new TopicError('too many historical data requests');
      return new HistoryStream(String(FIRST_SERVER_ID + nextHistory++), target, args);
    },
    farewell: (target) => ({ message: `Unsubscribed ${target}` }),
  },
  or: {
    isBrokerage: true,
    open: (_view, { args }) => new OrderStream(texts(args.filters)),
  },
  tr: {
    isBrokerage: true,
    open(_view, { args }) {
      const days = Number(args.days ?? 1);
      if (!Number.isInteger(days) || days < 1 || days > MAX_TRADE_DAYS)
        throw new TopicError('days is not valid');
      return new TradeStream(days, args.realtimeUpdatesOnly === true);
    },
  },
  pl: { isBrokerage: false, open: () => new PnlStream() },
  sd: {
    isBrokerage: false,
    open: (view, { target, args }) =>
      new SummaryStream(ownAccount(view, target), texts(args.keys), texts(args.fields)),
    farewell: () => ({ result: 'unsubscribed from summary' }),
  },
  ld: {
    isBrokerage: false,
    open: (view, { target, args }) =>
      new LedgerStream(ownAccount(view, target), texts(args.keys), texts(args.fields)),
    farewell: () => ({ result: 'unsubscribed from ledger' }),
  },
};

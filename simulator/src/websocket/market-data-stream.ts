import { lineValues, openLine } from '../market/market-data.ts';
import type { Subscription } from '../session/session-state.ts';
import { changedFields, type Stream, type StreamView } from './stream.ts';

/** A stream ends after 15 minutes, without a word; clients subscribe anew every ten. */
const STREAM_MS = 15 * 60_000;

/**
 * `smd`: the fields of one contract, first all of them, then those that changed. It takes one of the user's market
 * data lines; without one, nothing comes.
 */
export class MarketDataStream implements Stream {
  readonly conid: number;
  /** As the client wrote it, perhaps with an exchange. */
  readonly #conidEx: string;
  readonly #fields: readonly string[] | undefined;
  readonly #startedAt: number;
  #isOpen = false;
  #line: Subscription | undefined;
  #shown: Readonly<Record<string, unknown>> = {};

  constructor(conidEx: string, fields: readonly string[] | undefined, startedAt: number) {
    this.conid = Number(conidEx.split('@')[0]);
    this.#conidEx = conidEx;
    this.#fields = fields;
    this.#startedAt = startedAt;
  }

  /** The stream that takes its place: fields of a new request come to those of an earlier one. */
  renewed(fields: readonly string[] | undefined, now: number): MarketDataStream {
    const all =
      this.#fields || fields ? [...new Set([...(this.#fields ?? []), ...(fields ?? [])])] : undefined;
    return new MarketDataStream(this.#conidEx, all, now);
  }

  due({ brokerage, ...view }: StreamView): readonly object[] {
    if (!brokerage) return [];
    const viewer = { ...view, brokerage };
    // Taken once: the stream ends with its line, whoever gives that back.
    if (!this.#isOpen) this.#line = openLine(viewer, this.conid, this.#fields);
    this.#isOpen = true;
    if (!this.#line || brokerage.subscriptions.get(this.conid) !== this.#line) return [];
    if (view.now - this.#startedAt >= STREAM_MS) {
      brokerage.subscriptions.delete(this.conid);
      return [];
    }
    const values = lineValues(viewer, this.conid, this.#fields ?? this.#line.fields);
    if (!values) return [];
    const { _updated, server_id, 6119: server, ...fields } = values;
    const changed = changedFields(this.#shown, fields);
    this.#shown = fields;
    if (Object.keys(changed).length === 0) return [];
    const topic = `smd+${this.#conidEx}`;
    const ids = { conid: this.conid, conidEx: this.#conidEx, _updated, server_id, 6119: server, topic };
    return [{ ...asStreamed(changed), ...ids }];
  }
}

/** Streams tell a change in percent as a number, where a snapshot writes `0.54%`. */
function asStreamed({ 83: percent, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return percent === undefined ? fields : { ...fields, 83: Number.parseFloat(String(percent)) };
}

import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { IbkrClient } from './client.ts';
import { getDefinitions, loadOptionsOf } from './contracts.ts';
import { isDerivative } from './derivative.ts';
import { parseMagnitude, parseMarkedPrice, parsePercent } from './numbers.ts';
import { conid, optional, optionalDecimal, optionalIsoFromEpochMs, optionalText } from './wire-fields.ts';

/** How current a quote is. `frozen`: the last one before the market closed. */
export type Availability =
  | 'realtime'
  | 'delayed'
  | 'frozen'
  | 'frozen_delayed'
  | 'not_subscribed'
  | 'unknown';

/** A quote in the instrument's currency; null where IBKR has no value. */
export interface Quote {
  conid: number;
  symbol: string | null;
  last: number | null;
  bid: number | null;
  ask: number | null;
  bidSize: number | null;
  askSize: number | null;
  volume: number | null;
  open: number | null;
  high: number | null;
  low: number | null;
  previousClose: number | null;
  change: number | null;
  /** In percent: 0.54 is 0.54 %. */
  changePercent: number | null;
  halted: boolean;
  /** `last` is the previous session's close: nothing has traded today. */
  lastIsPreviousClose: boolean;
  availability: Availability;
  /** ISO 8601, when IBKR last updated it. */
  asOf: string | null;
}

/** IBKR's limit for one snapshot call. */
const MAX_CONIDS = 100;

/** Snapshot field ids. 7762 is the exact volume, 87 the same as text (`1.2M`); 7741 is yesterday's close, 7296 today's. */
const FIELDS = '31,55,70,71,82,83,84,85,86,87,88,7295,7741,7762,6509';

/**
 * Pauses before each further look. The first call only subscribes, values follow 0.5 s to several seconds later;
 * IBKR updates a subscription every 0.5 s.
 */
const POLL_MS = [500, 500, 750, 1_000, 1_250, 1_500];

/** A row holds only fields that have a value. */
const snapshotRowSchema = z
  .object({
    conid,
    _updated: optionalIsoFromEpochMs,
    '31': optional(parseMarkedPrice),
    '55': optionalText,
    '70': optionalDecimal,
    '71': optionalDecimal,
    '82': optionalDecimal,
    '83': optional(parsePercent),
    '84': optionalDecimal,
    '85': optional(parseMagnitude),
    '86': optionalDecimal,
    '87': optional(parseMagnitude),
    '88': optional(parseMagnitude),
    '7295': optionalDecimal,
    '7741': optionalDecimal,
    '7762': optionalDecimal,
    '6509': optionalText,
  })
  .transform((row): Quote => {
    const last = row['31'];
    return {
      conid: row.conid,
      symbol: row['55'],
      last: last?.price ?? null,
      bid: row['84'],
      ask: row['86'],
      bidSize: row['88'],
      askSize: row['85'],
      volume: row['7762'] ?? row['87'],
      open: row['7295'],
      high: row['70'],
      low: row['71'],
      previousClose: row['7741'],
      change: row['82'],
      changePercent: row['83'],
      halted: last?.isHalted ?? false,
      lastIsPreviousClose: last?.isPreviousClose ?? false,
      availability: availabilityOf(row['6509']),
      asOf: row._updated,
    };
  });

export const snapshotSchema = z.array(snapshotRowSchema);

/** Quotes in the order of `conids` (`GET /iserver/marketdata/snapshot`). A conid without any data is all null. */
export async function getQuotes(client: IbkrClient, conids: readonly number[]): Promise<Quote[]> {
  const wanted = [...new Set(conids)];
  const chunks = Array.from({ length: Math.ceil(wanted.length / MAX_CONIDS) }, (_, index) =>
    wanted.slice(index * MAX_CONIDS, (index + 1) * MAX_CONIDS),
  );
  const quotes = (await Promise.all(chunks.map((chunk) => pollSnapshot(client, chunk)))).flat();
  const byConid = new Map(quotes.map((quote) => [quote.conid, quote]));
  return conids.map((wantedConid) => byConid.get(wantedConid) ?? emptyQuote(wantedConid));
}

/** Looks until every quote is complete, or has prices and gained nothing since the look before. */
async function pollSnapshot(client: IbkrClient, conids: readonly number[]): Promise<Quote[]> {
  const read = () =>
    client.get('/iserver/marketdata/snapshot', snapshotSchema, {
      query: { conids: conids.join(','), fields: FIELDS },
    });
  let quotes = await read();
  for (const [look, wait] of POLL_MS.entries()) {
    if (quotes.length >= conids.length && quotes.every(isComplete)) break;
    if (Date.now() + wait > client.deadline) break;
    await delay(wait);
    if (look === 1) await loadUnderlyings(client, quotes);
    const before = countValues(quotes);
    quotes = await read();
    if (quotes.length >= conids.length && quotes.every(isUsable) && countValues(quotes) === before) break;
  }
  return quotes;
}

/** IBKR knows a derivative in a session only after its underlying was searched there. */
async function loadUnderlyings(client: IbkrClient, quotes: readonly Quote[]): Promise<void> {
  const unknown = quotes.filter(({ asOf }) => asOf === null).map((quote) => quote.conid);
  const definitions = await getDefinitions(client, unknown);
  const derivatives = definitions.filter(({ secType }) => isDerivative(secType));
  const symbols = new Set(derivatives.map(({ symbol }) => symbol));
  await Promise.all([...symbols].map((symbol) => loadOptionsOf(client, symbol)));
}

function isComplete(quote: Quote): boolean {
  return [quote.last, quote.bid, quote.ask, quote.previousClose].every((value) => value !== null);
}

/** Has some price, or IBKR said that none will come. */
function isUsable(quote: Quote): boolean {
  return (
    quote.availability === 'not_subscribed' ||
    [quote.last, quote.bid, quote.ask].some((price) => price !== null)
  );
}

function countValues(quotes: readonly Quote[]): number {
  return quotes.flatMap((quote) => Object.values(quote)).filter((value) => value !== null).length;
}

function emptyQuote(forConid: number): Quote {
  return snapshotRowSchema.parse({ conid: forConid });
}

/** Field 6509, first character: where the prices come from. */
function availabilityOf(code: string | null): Availability {
  switch (code?.charAt(0)) {
    case 'R':
    case 'S':
      return 'realtime';
    case 'D':
      return 'delayed';
    case 'Z':
      return 'frozen';
    case 'Y':
      return 'frozen_delayed';
    case 'N':
    case 'O':
      return 'not_subscribed';
    default:
      return 'unknown';
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { plainText } from '../../text/outside-text.ts';
import { getContractOrderRules } from '../contracts/contract-order-rules.ts';
import { getDefinitions, loadOptionsOf } from '../contracts/contracts.ts';
import { isDerivative } from '../contracts/derivative.ts';
import type { IbkrClient } from '../session/client.ts';
import { LINES_AT_ONCE } from '../session/market-data-lines.ts';
import { parseDecimal, parseMagnitude, parseMark, parsePercent } from '../wire/numbers.ts';
import { rowsOf } from '../wire/rows.ts';
import {
  conid,
  optional,
  optionalDecimal,
  optionalIsoFromEpochMs,
  optionalText,
} from '../wire/wire-fields.ts';
import {
  dependsOnTraits,
  isWrittenInFractions,
  type PriceTraits,
  priceOf,
  USUAL_PRICES,
} from './quoted-price.ts';

/** How current a quote is. `frozen`: the last one before the market closed. */
export type Availability =
  | 'realtime'
  | 'delayed'
  | 'frozen'
  | 'frozen_delayed'
  | 'not_subscribed'
  | 'unknown';

/** A quote, in the unit that the instrument is priced in; null where IBKR has no value. */
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
  /** Which of last, bid and ask IBKR filled with what is no price, as a sentence. */
  priceNote: string | null;
  /** Of options, as far as IBKR computes them; else null. */
  greeks: Greeks | null;
}

/** How an option's price moves, by IBKR's model. */
export interface Greeks {
  delta: number | null;
  gamma: number | null;
  theta: number | null;
  vega: number | null;
  /** In percent. */
  impliedVolatility: number | null;
}

/** Of one snapshot call: IBKR takes 100. */
const MAX_CONIDS = LINES_AT_ONCE;

/**
 * Snapshot field ids. 7762 is the exact volume, 87 the same as text (`1.2M`); 7741 is yesterday's close, 7296 today's;
 * 7308 to 7311 are delta, gamma, theta and vega, 7633 is the implied volatility of the strike.
 */
const FIELDS = '31,55,70,71,82,83,84,85,86,87,88,7295,7741,7762,6509,7308,7309,7310,7311,7633';

/**
 * Pauses before each further look. The first call only subscribes, values follow 0.5 s to several seconds later;
 * IBKR updates a subscription every 0.5 s.
 */
const POLL_MS = [500, 500, 750, 1_000, 1_250, 1_500];

/** How much there is of something; IBKR also writes -1 for "not known". */
const amount = optional((value) => {
  const parsed = parseMagnitude(value);
  return parsed === null || parsed < 0 ? null : parsed;
});

/** A price as it is written: which spellings and numbers are prices turns on the instrument. */
const writtenPrice = optional((value) =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || null : null,
);

/** A row holds only fields that have a value. Which numbers are prices, the instrument decides. */
const snapshotRowSchema = z.object({
  conid,
  _updated: optionalIsoFromEpochMs,
  '31': writtenPrice.transform(parseMark),
  '55': optionalText,
  '70': writtenPrice,
  '71': writtenPrice,
  '82': optionalDecimal,
  '83': optional(parsePercent),
  '84': writtenPrice,
  '85': amount,
  '86': writtenPrice,
  '87': amount,
  '88': amount,
  '7295': writtenPrice,
  '7741': writtenPrice,
  '7762': amount,
  '6509': optionalText,
  '7308': optionalDecimal,
  '7309': optionalDecimal,
  '7310': optionalDecimal,
  '7311': optionalDecimal,
  '7633': optional(parsePercent),
});
type SnapshotRow = z.output<typeof snapshotRowSchema>;

export const snapshotSchema = rowsOf(snapshotRowSchema);
type Snapshot = z.output<typeof snapshotSchema>;

const UNREAD_QUOTE = 'IBKR answered in a form that this service does not understand: no price is known.';

type PriceField = 'last' | 'bid' | 'ask' | 'open' | 'high' | 'low' | 'previousClose';

/** What IBKR wrote as prices, each with the amount that tells whether a number such as 0 is one. */
function writtenPrices(
  row: SnapshotRow,
): Record<PriceField, readonly [written: string | null, beside: number | null]> {
  const volume = row['7762'] ?? row['87'];
  return {
    last: [row['31'].written, volume],
    bid: [row['84'], row['88']],
    ask: [row['86'], row['85']],
    open: [row['7295'], volume],
    high: [row['70'], volume],
    low: [row['71'], volume],
    previousClose: [row['7741'], null],
  };
}

/** A row as a quote of an instrument whose prices are as usual, unless it is said otherwise. */
export function quoteOf(row: SnapshotRow, traits: PriceTraits = USUAL_PRICES): Quote {
  const written = writtenPrices(row);
  const read = (name: PriceField) => priceOf(...written[name], traits);
  // Whoever bids nothing for what is worthless bids: an amount stands beside it.
  const [bidWritten, bidSize] = written.bid;
  const bid = read('bid') ?? (parseDecimal(bidWritten) === 0 && (bidSize ?? 0) > 0 ? 0 : null);
  const last = read('last');
  const shown = { last, bid, ask: read('ask') };
  const { isHalted, isPreviousClose, written: lastWritten } = row['31'];
  // A change to or from what is no price is none either.
  const hasChange = last !== null || lastWritten === null;
  return {
    conid: row.conid,
    symbol: row['55'],
    ...shown,
    bidSize: row['88'],
    askSize: row['85'],
    volume: row['7762'] ?? row['87'],
    open: read('open'),
    high: read('high'),
    low: read('low'),
    previousClose: read('previousClose'),
    change: hasChange ? row['82'] : null,
    changePercent: hasChange ? row['83'] : null,
    halted: isHalted,
    lastIsPreviousClose: isPreviousClose && last !== null,
    availability: availabilityOf(row['6509']),
    asOf: row._updated,
    priceNote: noteOf(written, shown),
    greeks: greeksOf(row),
  };
}

function greeksOf(row: SnapshotRow): Greeks | null {
  const greeks = {
    delta: row['7308'],
    gamma: row['7309'],
    theta: row['7310'],
    vega: row['7311'],
    impliedVolatility: row['7633'],
  };
  return Object.values(greeks).every((value) => value === null) ? null : greeks;
}

function noteOf(
  written: ReturnType<typeof writtenPrices>,
  prices: Pick<Quote, 'last' | 'bid' | 'ask'>,
): string | null {
  const refused = (['last', 'bid', 'ask'] as const).flatMap((name) => {
    const [text] = written[name];
    return prices[name] === null && text !== null ? [`"${plainText(text, 24)}" for ${name}`] : [];
  });
  return refused.length === 0
    ? null
    : `IBKR sent ${refused.join(' and ')}, which is no price: none is known.`;
}

/** Quotes in the order of `conids` (`GET /iserver/marketdata/snapshot`). A conid without any data is all null. */
export async function getQuotes(client: IbkrClient, conids: readonly number[]): Promise<Quote[]> {
  const wanted = [...new Set(conids)];
  const chunks = Array.from({ length: Math.ceil(wanted.length / MAX_CONIDS) }, (_, index) =>
    wanted.slice(index * MAX_CONIDS, (index + 1) * MAX_CONIDS),
  );
  const snapshots: Snapshot[] = [];
  for (const chunk of chunks) {
    snapshots.push(
      await client.lines.use(client, chunk, (areSettled) => pollSnapshot(client, chunk, areSettled)),
    );
  }
  const rows = snapshots.flatMap((snapshot) => snapshot.rows);
  const isRead = snapshots.every(({ unread }) => unread.length === 0);
  const traits = await unusualTraits(client, rows);
  const quotes = rows.map((row) => quoteOf(row, traits.get(row.conid)));
  const byConid = new Map(quotes.map((quote) => [quote.conid, quote]));
  return conids.map((wantedConid) => byConid.get(wantedConid) ?? emptyQuote(wantedConid, isRead));
}

/** What the instruments let their prices be, of rows whose prices turn on it. */
async function unusualTraits(
  client: IbkrClient,
  rows: readonly SnapshotRow[],
): Promise<Map<number, PriceTraits>> {
  const asked = rows
    .filter((row) => Object.values(writtenPrices(row)).some((price) => dependsOnTraits(...price)))
    .map((row) => row.conid);
  const definitions = await getDefinitions(client, asked);
  const known = definitions.map(async ({ conid: id, secType }): Promise<[number, PriceTraits]> => {
    const isFuture = secType === 'FUT';
    const mayBeNegative = isFuture || (await getContractOrderRules(client, id))?.takesNegativePrices === true;
    return [id, { mayBeNegative, inFractions: isWrittenInFractions(secType) }];
  });
  return new Map(await Promise.all(known));
}

/**
 * Looks until every quote is complete, or has prices and gained nothing since the look before. Of instruments that are
 * settled one look does: what has no bid then, as an index never has, has none.
 */
async function pollSnapshot(
  client: IbkrClient,
  conids: readonly number[],
  areSettled: boolean,
): Promise<Snapshot> {
  const read = () =>
    client.get('/iserver/marketdata/snapshot', snapshotSchema, {
      query: { conids: conids.join(','), fields: FIELDS },
    });
  const isWhole = ({ rows, unread }: Snapshot) => rows.length + unread.length >= conids.length;
  let snapshot = await read();
  for (const [look, wait] of POLL_MS.entries()) {
    const quotes = snapshot.rows.map((row) => quoteOf(row));
    const isEnough = quotes.every(isComplete) || (areSettled && look === 0 && snapshot.rows.every(isUsable));
    if (isWhole(snapshot) && isEnough) break;
    if (Date.now() + wait > client.deadline) break;
    await delay(wait);
    if (look === 1) await loadUnderlyings(client, quotes);
    const before = countValues(snapshot.rows);
    snapshot = await read();
    const { rows } = snapshot;
    if (isWhole(snapshot) && rows.every(isUsable) && countValues(rows) === before) break;
  }
  return snapshot;
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

/** Has something written as a price, or IBKR said that none will come. */
function isUsable(row: SnapshotRow): boolean {
  const { last, bid, ask } = writtenPrices(row);
  return availabilityOf(row['6509']) === 'not_subscribed' || [last, bid, ask].some(([text]) => text !== null);
}

function countValues(rows: readonly SnapshotRow[]): number {
  return rows.reduce((sum, row) => {
    const written = Object.values(writtenPrices(row)).filter(([text]) => text !== null);
    const others = [
      row['55'],
      row['82'],
      row['83'],
      row['85'],
      row['87'],
      row['88'],
      row['7762'],
      row['7308'],
    ];
    return sum + written.length + others.filter((value) => value !== null).length;
  }, 0);
}

/** @param isRead False where IBKR's answer had a row that is not understood, which may be the one. */
function emptyQuote(forConid: number, isRead: boolean): Quote {
  const quote = quoteOf(snapshotRowSchema.parse({ conid: forConid }));
  return isRead ? quote : { ...quote, priceNote: UNREAD_QUOTE };
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

/** Where an option has a delta, by the model of Black and Scholes without interest: near enough to look around there. */

import type { IbkrClient } from '../session/client.ts';
import { getQuotes } from './market-data.ts';
import { getOptionChain, type OptionChain, type OptionChainRequest } from './option-chain.ts';
import type { OptionRight } from './option-series.ts';

const YEAR_MS = 365 * 86_400_000;
/** Options end on their date in the afternoon. */
const CLOSE_HOUR_UTC = 21;
const LEAST_YEARS = 1 / 365 / 8;
const STEPS = 60;

/** What a year brings where IBKR computes none for the options at the price. */
const USUAL_VOLATILITY = 25;

/**
 * A chain around the strikes that have about that delta, of calls and of puts; the quotes of its options tell theirs.
 * @param delta Without its sign.
 */
export async function getChainAtDelta(
  client: IbkrClient,
  request: OptionChainRequest,
  delta: number,
): Promise<OptionChain> {
  const atPrice = await getOptionChain(client, { ...request, strikes: 1, quotes: false });
  const { expiry, underlyingPrice, options } = atPrice;
  if (underlyingPrice === null) return getOptionChain(client, request);
  const quotes = await getQuotes(
    client,
    options.map(({ conid }) => conid),
  );
  const volatility = quotes.flatMap(({ greeks }) => greeks?.impliedVolatility ?? [])[0] ?? USUAL_VOLATILITY;
  const question = { price: underlyingPrice, volatility, expiry, delta, now: Date.now() };
  const chains: OptionChain[] = [];
  for (const right of request.rights) {
    const around = strikeOfDelta({ ...question, right });
    chains.push(await getOptionChain(client, { ...request, expiry, around, rights: [right] }));
  }
  const [first = atPrice] = chains;
  return {
    ...first,
    options: chains.flatMap((chain) => chain.options),
    isCut: chains.some(({ isCut }) => isCut),
    unread: chains.flatMap(({ unread }) => unread),
  };
}

interface DeltaQuestion {
  price: number;
  /** In percent. */
  volatility: number;
  /** ISO date. */
  expiry: string;
  right: OptionRight;
  /** Without its sign: 0.3 of a call, and of a put that has -0.3. */
  delta: number;
  now: number;
}

/** The price at which a strike has about that delta. */
export function strikeOfDelta({ price, volatility, expiry, right, delta, now }: DeltaQuestion): number {
  const end = Date.parse(`${expiry}T${CLOSE_HOUR_UTC}:00:00Z`);
  const deviation = (volatility / 100) * Math.sqrt(Math.max(LEAST_YEARS, (end - now) / YEAR_MS));
  const size = (strike: number) => {
    const call = normal(Math.log(price / strike) / deviation + deviation / 2);
    return right === 'call' ? call : 1 - call;
  };
  let [low, high] = [price * Math.exp(-6 * deviation), price * Math.exp(6 * deviation)];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    // A call's delta falls as strikes rise, that of a put grows.
    if (size(middle) > delta === (right === 'call')) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The normal distribution (Abramowitz and Stegun, 26.2.17), to seven digits. */
function normal(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const tail =
    Math.exp((-value * value) / 2) *
    0.3989422804 *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return value >= 0 ? 1 - tail : tail;
}

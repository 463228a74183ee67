import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import type { DetailedPosition } from '../../api/positions.ts';
import { assetClassWords } from '../../format/words/asset-class-words.ts';
import { countWords } from '../../format/words/count-words.ts';
import { isSettledDaily } from './holdings.ts';

/** The share that is the same however the rest is divided. */
export const CASH = 'Cash';

/** A part of what the account holds. */
export interface Share {
  name: string;
  /** In base currency; negative when short or borrowed. */
  value: number;
}

/** What an account comes to, in parts. */
interface Division {
  shares: Share[];
  /** Names of what belongs to the account and is in no share, its value not being known. */
  unknown: string[];
}

interface ValuedPosition {
  position: DetailedPosition;
  value: number;
}

/** More parts than this nobody tells apart. */
const MOST_HOLDINGS = 6;

/** What is long and what is short apart: added up, two large risks would look like none. */
export function sharesByAssetClass(positions: readonly DetailedPosition[], cash: Cash): Division {
  return divided(positions, cash, (valued) => {
    const sums = new Map<string, number>();
    for (const { position, value } of valued) {
      const words = assetClassWords(position.asset_class);
      const name = value < 0 ? `${words}, short` : words;
      sums.set(name, (sums.get(name) ?? 0) + value);
    }
    return largestFirst([...sums].map(([name, value]) => ({ name, value })));
  });
}

/** The largest positions by name, the rest together. */
export function sharesByHolding(positions: readonly DetailedPosition[], cash: Cash): Division {
  return divided(positions, cash, (valued) => {
    const shares = largestFirst(valued.map(({ position, value }) => ({ name: nameOf(position), value })));
    const rest = shares.slice(MOST_HOLDINGS);
    const others = {
      name: countWords(rest.length, 'other'),
      value: rest.reduce((sum, { value }) => sum + value, 0),
    };
    return [...shares.slice(0, MOST_HOLDINGS), ...(rest.length === 0 ? [] : [others])];
  });
}

function divided(
  positions: readonly DetailedPosition[],
  { total_in_base }: Cash,
  sharesOf: (valued: readonly ValuedPosition[]) => Share[],
): Division {
  const held = positions.filter((position) => !isSettledDaily(position));
  const valued = held.flatMap((position) =>
    position.market_value_in_base === null ? [] : [{ position, value: position.market_value_in_base }],
  );
  const unknown = held.filter(({ market_value_in_base }) => market_value_in_base === null).map(nameOf);
  return {
    shares: [...sharesOf(valued), ...(total_in_base ? [{ name: CASH, value: total_in_base }] : [])],
    unknown: total_in_base === null ? [...unknown, CASH] : unknown,
  };
}

function nameOf({ symbol, asset_class }: DetailedPosition): string {
  return ['STK', 'UNKNOWN'].includes(asset_class) ? symbol : `${symbol} ${asset_class}`;
}

function largestFirst(shares: Share[]): Share[] {
  return shares.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import type { DetailedPosition } from '../../api/positions.ts';
import { ASSET_CLASS_WORDS } from '../../format/asset-class-words.ts';

/** The share that is the same however the rest is divided. */
export const CASH = 'Cash';

/** A part of what the account holds. */
export interface Share {
  name: string;
  /** In base currency; negative when short or borrowed. */
  value: number;
}

/** More parts than this nobody tells apart. */
const MOST_HOLDINGS = 6;

/** What is long and what is short apart: added up, two large risks would look like none. */
export function sharesByAssetClass(positions: readonly DetailedPosition[], cash: Cash): Share[] {
  const sums = new Map<string, number>();
  for (const { asset_class, market_value_in_base } of positions) {
    const value = market_value_in_base ?? 0;
    const name = `${ASSET_CLASS_WORDS[asset_class] ?? asset_class}${value < 0 ? ', short' : ''}`;
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const shares = [...sums].map(([name, value]) => ({ name, value }));
  return [...largestFirst(shares), ...cashShare(cash)];
}

/** The largest positions by name, the rest together. */
export function sharesByHolding(positions: readonly DetailedPosition[], cash: Cash): Share[] {
  const shares = largestFirst(
    positions.map(({ symbol, asset_class, market_value_in_base }) => ({
      name: asset_class === 'STK' ? symbol : `${symbol} ${asset_class}`,
      value: market_value_in_base ?? 0,
    })),
  );
  const rest = shares.slice(MOST_HOLDINGS);
  const others = { name: `${rest.length} others`, value: rest.reduce((sum, { value }) => sum + value, 0) };
  return [...shares.slice(0, MOST_HOLDINGS), ...(rest.length === 0 ? [] : [others]), ...cashShare(cash)];
}

function largestFirst(shares: Share[]): Share[] {
  return shares.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

function cashShare({ total_in_base }: Cash): Share[] {
  return total_in_base === null || total_in_base === 0 ? [] : [{ name: CASH, value: total_in_base }];
}

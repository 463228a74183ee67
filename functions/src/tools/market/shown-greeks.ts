import type { Quote } from '../../broker/market/market-data.ts';

/** The greeks of an option, as far as IBKR computes them; nothing of anything else. */
export function shownGreeks({ greeks }: Pick<Quote, 'greeks'>) {
  if (greeks === null) return {};
  const { impliedVolatility, ...others } = greeks;
  return { ...others, implied_volatility: impliedVolatility };
}

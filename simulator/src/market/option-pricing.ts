/** Black-Scholes value and sensitivities of a European option without dividends. */

export interface OptionValuation {
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  /** Per calendar day. */
  readonly theta: number;
  /** Per percentage point of volatility. */
  readonly vega: number;
}

const RISK_FREE_RATE = 0.04;

/** Cumulative normal distribution, Abramowitz and Stegun 7.1.26; absolute error below 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-z * z);
  return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}

/**
 * @param years Time to expiration; at or below zero the value is intrinsic.
 * @param volatility Yearly, 0.3 for 30 %.
 */
export function valueOption(
  right: 'C' | 'P',
  spot: number,
  strike: number,
  years: number,
  volatility: number,
): OptionValuation {
  const sign = right === 'C' ? 1 : -1;
  if (years <= 0) {
    const intrinsic = Math.max(0, sign * (spot - strike));
    return { price: intrinsic, delta: intrinsic > 0 ? sign : 0, gamma: 0, theta: 0, vega: 0 };
  }
  const deviation = volatility * Math.sqrt(years);
  const d1 = (Math.log(spot / strike) + (RISK_FREE_RATE + volatility ** 2 / 2) * years) / deviation;
  const d2 = d1 - deviation;
  const discountedStrike = strike * Math.exp(-RISK_FREE_RATE * years);
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  const price = sign * (spot * normalCdf(sign * d1) - discountedStrike * normalCdf(sign * d2));
  const decay =
    (-spot * density * volatility) / (2 * Math.sqrt(years)) -
    sign * RISK_FREE_RATE * discountedStrike * normalCdf(sign * d2);
  return {
    price: Math.max(0, price),
    delta: sign * normalCdf(sign * d1),
    gamma: density / (spot * deviation),
    theta: decay / 365,
    vega: (spot * density * Math.sqrt(years)) / 100,
  };
}

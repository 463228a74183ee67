import type { AssetClass } from '@ibkr-gateway/functions/contract/rules/asset-classes';

/** The kinds of instruments that most people trade, by IBKR's codes. */
export const ASSET_CLASS_WORDS: Readonly<Record<string, string>> = {
  STK: 'Stocks and ETFs',
  OPT: 'Options',
  FUT: 'Futures',
  FOP: 'Options on futures',
  CASH: 'Currencies',
  BOND: 'Bonds',
  FUND: 'Mutual funds',
  CFD: 'CFDs',
  CRYPTO: 'Crypto',
  WAR: 'Warrants',
} satisfies Partial<Record<AssetClass, string>>;

/** Of an asset class that IBKR tells, which may be none of these, or not told. */
export function assetClassWords(code: string): string {
  return ASSET_CLASS_WORDS[code] ?? (code === 'UNKNOWN' ? 'Class not known' : code);
}

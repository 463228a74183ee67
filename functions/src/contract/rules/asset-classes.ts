/** IBKR's codes for the kinds of instruments, as it gives them of contracts and positions. */
export const ASSET_CLASSES = [
  'STK',
  'OPT',
  'FUT',
  'FOP',
  'CASH',
  'BOND',
  'BILL',
  'FUND',
  'WAR',
  'IOPT',
  'CFD',
  'CRYPTO',
  'CMDTY',
  'PDC',
  'PHYSS',
] as const;

export type AssetClass = (typeof ASSET_CLASSES)[number];

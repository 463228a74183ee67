import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Portfolio, Position } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';

/** A position with what `details` adds. */
export interface DetailedPosition
  extends Omit<Position, 'conid' | 'name' | 'asset_class' | 'currency' | 'market_value_in_base'> {
  conid: number;
  name: string | null;
  asset_class: string;
  currency: string;
  market_value_in_base: number | null;
}

/** What `get_portfolio` answers with `details`. */
export const DETAILED = { details: true };

/** The positions of a portfolio that was asked for with `DETAILED`. */
export function positionsOf({ positions }: Portfolio): DetailedPosition[] {
  return rowsOf(positions) as DetailedPosition[];
}

import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Execution, Trades } from '@ibkr-gateway/functions/contract/tool-outputs/trades';
import type { DetailedPosition } from '../../api/positions.ts';
import { csvHead, csvRows } from '../../format/csv.ts';

export const CSV = 'text/csv';

const POSITION = [
  'symbol',
  'conid',
  'name',
  'asset_class',
  'contract',
  'quantity',
  'currency',
  'average_price',
  'market_price',
  'market_value',
  'notional',
  'market_value_in_base',
  'day_change',
  'day_percent',
  'unrealized_pnl',
  'weight_percent',
  'delta',
  'implied_volatility',
] as const satisfies readonly (keyof DetailedPosition)[];

export function positionsCsv(positions: readonly DetailedPosition[]): string {
  return (
    csvHead(POSITION) +
    csvRows(
      POSITION,
      positions.map((position) => columnsOf(position, POSITION)),
    )
  );
}

const TRADE = [
  'execution_id',
  'time',
  'symbol',
  'conid',
  'instrument',
  'side',
  'quantity',
  'price',
  'price_unit',
  'currency',
  'commission',
  'net_amount',
  'exchange',
  'order_id',
  'client_order_id',
  'order',
] as const satisfies readonly (keyof Execution)[];

export function tradesCsv({ trades }: Trades): string {
  return (
    csvHead(TRADE) +
    csvRows(
      TRADE,
      rowsOf(trades).map((trade) => columnsOf(trade, TRADE)),
    )
  );
}

const EQUITY = ['date', 'net_asset_value', 'cumulative_return_percent'] as const;
export type EquityDay = Record<(typeof EQUITY)[number], string | number | null>;

export function equityCsv(days: readonly EquityDay[]): string {
  return csvHead(EQUITY) + csvRows(EQUITY, days);
}

/** What a row has no column for is empty. */
function columnsOf<Row extends object, Column extends keyof Row & string>(
  row: Row,
  columns: readonly Column[],
): Record<Column, string | number | null> {
  const values = columns.map((column) => [column, (row[column] ?? null) as string | number | null]);
  return Object.fromEntries(values) as Record<Column, string | number | null>;
}

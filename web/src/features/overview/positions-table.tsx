import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { DetailedPosition } from '../../api/positions.ts';
import { cents, day, money, number, percent } from '../../format/numbers.ts';
import { type Column, SortableTable } from '../../ui/lists/sortable-table.tsx';
import { Change } from '../../ui/values/change.tsx';

interface PositionsTableProps {
  positions: readonly DetailedPosition[];
  baseCurrency: string | null;
}

/** What the account holds, the largest position first. */
export function PositionsTable({ positions, baseCurrency }: PositionsTableProps) {
  if (positions.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        This account holds nothing but cash.
      </Text>
    );
  }
  return (
    <SortableTable
      label="Positions"
      columns={columns(baseCurrency)}
      rows={positions}
      keyOf={({ conid }) => conid}
    />
  );
}

function columns(baseCurrency: string | null): Column<DetailedPosition>[] {
  /** Named only where it is not the account's own. */
  const isForeign = ({ currency }: DetailedPosition) => currency !== baseCurrency;
  const price = (amount: number | null, position: DetailedPosition) =>
    money(amount, isForeign(position) ? position.currency : null);
  return [
    {
      name: 'Symbol',
      sortBy: ({ symbol }) => symbol,
      cell: (position) => (
        <>
          <Anchor component={Link} to={`market?conid=${position.conid}`} c="bright" fw={600} inherit>
            {position.symbol}
          </Anchor>
          <Text size="xs" c="dimmed" lineClamp={1}>
            {detailOf(position)}
          </Text>
        </>
      ),
    },
    {
      name: 'Quantity',
      numeric: true,
      wideOnly: true,
      sortBy: ({ quantity }) => quantity,
      cell: ({ quantity }) => number(quantity),
    },
    {
      name: 'Avg. price',
      numeric: true,
      wideOnly: true,
      sortBy: ({ average_price }) => average_price,
      cell: (position) => price(position.average_price, position),
    },
    {
      name: 'Price',
      numeric: true,
      wideOnly: true,
      sortBy: ({ market_price }) => market_price,
      cell: (position) => price(position.market_price, position),
    },
    {
      name: baseCurrency === null ? 'Value' : `Value (${baseCurrency})`,
      numeric: true,
      sortBy: ({ market_value_in_base }) => market_value_in_base,
      cell: ({ market_value_in_base, quantity }) => (
        <>
          {cents(market_value_in_base, baseCurrency)}
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {number(quantity)} held
          </Text>
        </>
      ),
    },
    {
      name: 'Weight',
      numeric: true,
      wideOnly: true,
      sortBy: ({ weight_percent }) => weight_percent,
      cell: ({ weight_percent }) => (weight_percent === null ? '–' : percent(weight_percent)),
    },
    {
      name: 'P&L',
      numeric: true,
      sortBy: pnlInBase,
      cell: (position) => (
        <Change
          amount={position.unrealized_pnl}
          currency={position.currency}
          namesCurrency={isForeign(position)}
          percent={pnlPercent(position)}
        />
      ),
    },
  ];
}

/** `Dec 18, 2026 150 call` of an option, the name of anything else. */
function detailOf({ symbol, name, contract }: DetailedPosition): string | null {
  if (contract != null) {
    const [expiry = '', ...terms] = contract.split(' ');
    return [isDay(expiry) ? day(expiry) : expiry, ...terms].join(' ');
  }
  return name === symbol ? null : name;
}

/** To compare positions of several currencies by. */
function pnlInBase({ unrealized_pnl, market_value, market_value_in_base }: DetailedPosition): number | null {
  if (unrealized_pnl === null || !market_value || market_value_in_base === null) return unrealized_pnl;
  return (unrealized_pnl * market_value_in_base) / market_value;
}

/** Of what the position cost. */
function pnlPercent({ unrealized_pnl, market_value }: DetailedPosition): number | null {
  if (unrealized_pnl === null || market_value === null) return null;
  const cost = Math.abs(market_value - unrealized_pnl);
  return cost === 0 ? null : (100 * unrealized_pnl) / cost;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

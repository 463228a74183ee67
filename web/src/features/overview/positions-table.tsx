import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { DetailedPosition } from '../../api/positions.ts';
import { cents, day, money, number, percent, rounded } from '../../format/numbers.ts';
import { assetClassWords } from '../../format/words/asset-class-words.ts';
import { type Column, SortableTable } from '../../ui/lists/sortable-table.tsx';
import { Change, PercentChange } from '../../ui/values/change.tsx';
import { averagePrice, gainPercent, inBase, sumOf, totalValue } from './holdings.ts';
import type { PositionsView } from './use-positions-view.ts';

interface PositionsTableProps {
  positions: readonly DetailedPosition[];
  baseCurrency: string | null;
  view: PositionsView;
}

/** What the account holds, the largest position first. */
export function PositionsTable({ positions, baseCurrency, view }: PositionsTableProps) {
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
      columns={positionColumns(baseCurrency).filter(({ name }) => !view.hidden.includes(name))}
      rows={positions}
      keyOf={({ conid }) => conid}
      groupOf={GROUPINGS[view.grouping].of}
    />
  );
}

/** By what positions stand together. */
export const GROUPINGS: Readonly<
  Record<PositionsView['grouping'], { label: string; of?: (position: DetailedPosition) => string }>
> = {
  none: { label: 'Not grouped' },
  class: {
    label: 'By asset class',
    of: ({ asset_class }) => assetClassWords(asset_class),
  },
  currency: { label: 'By currency', of: ({ currency }) => currency },
};

/** Those that are there until somebody chooses others. */
export const FIRST_HIDDEN: readonly string[] = ['Asset class', 'Currency', 'Expiry', 'Delta', 'Implied vol.'];

/** The first, which names the position, is always there. */
export function positionColumns(baseCurrency: string | null): Column<DetailedPosition>[] {
  /** Named only where it is not the account's own. */
  const isForeign = ({ currency }: DetailedPosition) => currency !== baseCurrency;
  const price = (amount: number | null, position: DetailedPosition) =>
    money(amount, isForeign(position) ? position.currency : null);
  const dayChange = (position: DetailedPosition) => inBase(position, 'day_change', baseCurrency);
  const pnl = (position: DetailedPosition) => inBase(position, 'unrealized_pnl', baseCurrency);
  const inCurrency = (name: string) => (baseCurrency === null ? name : `${name} (${baseCurrency})`);
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
      name: 'Asset class',
      wideOnly: true,
      sortBy: ({ asset_class }) => asset_class,
      cell: ({ asset_class }) => assetClassWords(asset_class),
    },
    {
      name: 'Currency',
      wideOnly: true,
      sortBy: ({ currency }) => currency,
      cell: ({ currency }) => currency,
    },
    {
      name: 'Expiry',
      wideOnly: true,
      sortBy: expiryOf,
      cell: (position) => {
        const expiry = expiryOf(position);
        return expiry === null ? '–' : day(expiry);
      },
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
      cell: ({ average_price }) => averagePrice(average_price),
    },
    {
      name: 'Price',
      numeric: true,
      wideOnly: true,
      sortBy: ({ market_price }) => market_price,
      cell: (position) => price(position.market_price, position),
    },
    {
      name: inCurrency('Day'),
      numeric: true,
      wideOnly: true,
      sortBy: dayChange,
      cell: (position) => <Change amount={dayChange(position)} currency={baseCurrency} />,
      total: (rows) => <Change amount={sumOf(rows.map(dayChange))} currency={baseCurrency} />,
    },
    {
      name: 'Day %',
      numeric: true,
      sortBy: ({ day_percent }) => day_percent,
      cell: ({ day_percent }) => <PercentChange percent={day_percent} />,
      total: (rows) => <PercentChange percent={gainPercent(sumOf(rows.map(dayChange)), totalValue(rows))} />,
    },
    {
      name: inCurrency('Value'),
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
      total: (rows) => cents(totalValue(rows), baseCurrency),
    },
    {
      name: 'Weight',
      numeric: true,
      wideOnly: true,
      sortBy: ({ weight_percent }) => weight_percent,
      cell: ({ weight_percent }) => shareWords(weight_percent),
      total: (rows) => shareWords(sumOf(rows.map(({ weight_percent }) => weight_percent))),
    },
    {
      name: inCurrency('P&L'),
      numeric: true,
      sortBy: pnl,
      cell: (position) => <Change amount={pnl(position)} currency={baseCurrency} />,
      total: (rows) => <Change amount={sumOf(rows.map(pnl))} currency={baseCurrency} />,
    },
    {
      name: 'P&L %',
      numeric: true,
      wideOnly: true,
      sortBy: pnlPercent,
      cell: (position) => <PercentChange percent={pnlPercent(position)} />,
      total: (rows) => <PercentChange percent={gainPercent(sumOf(rows.map(pnl)), totalValue(rows))} />,
    },
    {
      name: 'Delta',
      numeric: true,
      wideOnly: true,
      sortBy: ({ delta = null }) => delta,
      cell: ({ delta = null }) => (delta === null ? '–' : rounded(delta, 2)),
    },
    {
      name: 'Implied vol.',
      numeric: true,
      wideOnly: true,
      sortBy: ({ implied_volatility = null }) => implied_volatility,
      cell: ({ implied_volatility = null }) => shareWords(implied_volatility),
    },
  ];
}

function shareWords(value: number | null): string {
  return value === null ? '–' : percent(value);
}

function expiryOf({ contract }: DetailedPosition): string | null {
  const [expiry = ''] = contract?.split(' ') ?? [];
  return isDay(expiry) ? expiry : null;
}

/** `Dec 18, 2026 150 call` of an option, the name of anything else. */
function detailOf({ symbol, name, contract }: DetailedPosition): string | null {
  if (contract != null) {
    const [expiry = '', ...terms] = contract.split(' ');
    return [isDay(expiry) ? day(expiry) : expiry, ...terms].join(' ');
  }
  return name === symbol ? null : name;
}

/** Of what the position cost. */
function pnlPercent({ unrealized_pnl, market_value }: DetailedPosition): number | null {
  return gainPercent(unrealized_pnl, market_value);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

import type { Cash, Portfolio } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { positionsOf } from '../../api/positions.ts';
import { cents, percent } from '../../format/numbers.ts';
import { firstNames } from '../../format/words/count-words.ts';
import { Section } from '../../ui/text/section.tsx';
import classes from './allocation.module.css';
import { Pending } from './pending.tsx';
import { CASH, sharesByAssetClass, sharesByHolding } from './shares.ts';

const WAYS = { class: sharesByAssetClass, holding: sharesByHolding };
type Way = keyof typeof WAYS;

interface AllocationProps {
  portfolio: UseQueryResult<Portfolio>;
  cash: UseQueryResult<Cash>;
}

/** How the account is divided, as one bar whose parts the list below names. */
export function Allocation({ portfolio, cash }: AllocationProps) {
  const [way, setWay] = useState<Way>('class');
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label="Divide by"
      transitionDuration={0}
      data={[
        { value: 'class', label: 'Asset class' },
        { value: 'holding', label: 'Holding' },
      ]}
      value={way}
      onChange={(value) => setWay(value as Way)}
    />
  );
  return (
    <Section title="Allocation" aside={choice}>
      {portfolio.data && cash.data ? (
        <Shares
          {...WAYS[way](positionsOf(portfolio.data), cash.data)}
          currency={portfolio.data.base_currency}
        />
      ) : (
        <Pending of={[portfolio, cash]} isToldElsewhere>
          <Outline />
        </Pending>
      )}
    </Section>
  );
}

interface SharesProps extends ReturnType<typeof sharesByHolding> {
  currency: string | null;
}

const MOST_UNKNOWN = 6;

function Shares({ shares, unknown, currency }: SharesProps) {
  // Of a part of the account nothing has a percentage.
  const net = unknown.length > 0 ? 0 : shares.reduce((sum, { value }) => sum + value, 0);
  if (shares.length === 0 && unknown.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        This account is empty.
      </Text>
    );
  }
  // Two holdings may have one name, such as two options on a stock.
  const parts = shares.map((share, index) => ({
    ...share,
    key: `${index} ${share.name}`,
    part: share.name === CASH ? 'cash' : index,
  }));
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {parts.map(({ key, part, value }) => (
          <span key={key} data-part={part} data-negative={value < 0} style={{ flexGrow: Math.abs(value) }} />
        ))}
      </div>
      <ul className={classes.legend}>
        {parts.map(({ key, part, name, value }) => (
          <li key={key}>
            <span className={classes.swatch} data-part={part} data-negative={value < 0} />
            <span className={classes.name}>{name}</span>
            <span>{cents(value, currency)}</span>
            <span className={classes.percent}>{net > 0 ? percent((100 * value) / net) : '–'}</span>
          </li>
        ))}
      </ul>
      {unknown.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs" style={{ overflowWrap: 'anywhere' }}>
          Not counted, because IBKR does not report a value: {firstNames(unknown, MOST_UNKNOWN)}.
        </Text>
      )}
    </>
  );
}

function Outline() {
  return (
    <Stack gap="xs">
      <Skeleton h={16} />
      <Skeleton h={20} />
      <Skeleton h={20} />
    </Stack>
  );
}

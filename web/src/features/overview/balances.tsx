import type { AccountSummary } from '@ibkr-gateway/functions/contract/tool-outputs/accounts';
import type { Pnl } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { Paper, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { cents } from '../../format/numbers.ts';
import { sinceClose } from '../../format/since-close.ts';
import { Change } from '../../ui/values/change.tsx';
import { Stat } from '../../ui/values/stat.tsx';
import classes from './balances.module.css';

interface BalancesProps {
  summary: UseQueryResult<AccountSummary>;
  pnl: UseQueryResult<Pnl>;
}

/** The account's worth and the few numbers that one looks at first. */
export function Balances(queries: BalancesProps) {
  const [summary, pnl] = [queries.summary.data, queries.pnl.data];
  /** A dash for what could not be read; undefined while it is on its way. */
  const absent = ({ error }: UseQueryResult) => (error === null ? undefined : '–');
  const ofSummary = absent(queries.summary);
  const ofPnl = absent(queries.pnl);
  const worth = summary?.net_liquidation ?? null;
  const currency = summary?.currency ?? null;
  return (
    <Paper withBorder p="md" component="dl" m={0} className={classes.balances}>
      <Stat name="Net liquidation" prominent>
        {summary ? (
          <>
            {cents(worth, currency)}{' '}
            <Text span c="dimmed" size="md">
              {currency}
            </Text>
          </>
        ) : (
          ofSummary
        )}
      </Stat>
      <Stat name="Today’s P&L">
        {pnl ? (
          <Change amount={pnl.daily} currency={currency} percent={sinceClose(pnl.daily, worth)} />
        ) : (
          ofPnl
        )}
      </Stat>
      <Stat name="Unrealized P&L">
        {pnl ? <Change amount={pnl.unrealized} currency={currency} /> : ofPnl}
      </Stat>
      <Stat name="Available funds">{summary ? cents(summary.available_funds, currency) : ofSummary}</Stat>
      <Stat name="Buying power">{summary ? cents(summary.buying_power, currency) : ofSummary}</Stat>
    </Paper>
  );
}

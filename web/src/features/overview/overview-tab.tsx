import { Group, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { positionsOf } from '../../api/positions.ts';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { AccountChoice } from '../../ui/shown-connection/account-choice.tsx';
import { useShownAccount, useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';
import { useAccountData } from './account-data.ts';
import { Allocation } from './allocation.tsx';
import { Balances } from './balances.tsx';
import { CashTable } from './cash-table.tsx';
import { EquityCurve } from './equity-curve.tsx';
import classes from './overview-tab.module.css';
import { PositionsTable } from './positions-table.tsx';

/** What the account is worth, what it earns and what it holds. */
export function OverviewTab() {
  const { id, label } = useShownConnection();
  const { accountId } = useShownAccount();
  useDocumentTitle(`${label} · IBKR Gateway`);
  const { performance, ...live } = useAccountData(id, accountId);
  const { summary, pnl, portfolio, cash } = live;
  const queries = Object.values(live);
  const failed = queries.find(({ data, error }) => data === undefined && error !== null);
  const retry = () => {
    for (const { error, refetch } of [...queries, performance]) if (error !== null) refetch();
  };

  return (
    <Stack gap="md">
      <Group gap="sm" mih={30}>
        <AccountChoice />
        <Freshness queries={queries} />
      </Group>
      {failed ? (
        <FailureNotice error={failed.error} onRetry={retry} />
      ) : (
        <>
          <Balances summary={summary.data} pnl={pnl.data} />
          <div className={classes.columns}>
            <EquityCurve performance={performance} />
            <Stack gap="md" miw={0}>
              <Allocation portfolio={portfolio.data} cash={cash.data} />
              <CashTable cash={cash.data} />
            </Stack>
          </div>
          <Section title="Positions">
            {portfolio.data === undefined ? (
              <TableSkeleton rows={6} />
            ) : (
              <PositionsTable
                positions={positionsOf(portfolio.data)}
                baseCurrency={portfolio.data.base_currency}
              />
            )}
          </Section>
        </>
      )}
    </Stack>
  );
}

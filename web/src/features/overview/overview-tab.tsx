import { Group, Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useAccountData } from '../../api/account-data.ts';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { AccountChoice } from '../../ui/shown-connection/account-choice.tsx';
import { useShownAccount, useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { useWaitingPlace } from '../../ui/waiting-orders/use-waiting-place.ts';
import { WaitingOrders } from '../../ui/waiting-orders/waiting-orders.tsx';
import { Allocation } from './allocation.tsx';
import { Balances } from './balances.tsx';
import { CashTable } from './cash-table.tsx';
import { EquityCurve } from './equity-curve.tsx';
import classes from './overview-tab.module.css';
import { AccountFailure } from './pending.tsx';
import { Positions } from './positions.tsx';

/** What the account is worth, what it earns and what it holds. */
export function OverviewTab() {
  const { id, label } = useShownConnection();
  const { accountId } = useShownAccount();
  useDocumentTitle(`${label} · IBKR Gateway`);
  const { performance, ...live } = useAccountData(id, accountId);
  const { summary, pnl, portfolio, cash } = live;

  const place = useWaitingPlace(id);
  if (place === 'unknown') return <Skeleton h="70vh" />;
  const waiting = <WaitingOrders connectionId={id} headingOrder={2} isQuiet />;
  return (
    <Stack gap="md">
      <Group gap="sm" mih={30}>
        <AccountChoice />
        <Freshness queries={Object.values(live)} />
      </Group>
      {place === 'above' && waiting}
      <AccountFailure
        of={[summary, pnl]}
        figures={<Balances summary={summary} pnl={pnl} />}
        cards={[performance, portfolio, cash]}
      >
        <div className={classes.columns}>
          <EquityCurve connectionId={id} performance={performance} />
          <Stack gap="md" miw={0}>
            <Allocation portfolio={portfolio} cash={cash} />
            <CashTable cash={cash} />
          </Stack>
        </div>
        <Positions connectionId={id} portfolio={portfolio} accountId={accountId} />
        {place === 'below' && waiting}
      </AccountFailure>
    </Stack>
  );
}

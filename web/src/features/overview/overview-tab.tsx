import { Group, Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useAccountData } from '../../api/account-data.ts';
import { useWaitingOrders } from '../../api/intents.ts';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { AccountChoice } from '../../ui/shown-connection/account-choice.tsx';
import { useShownAccount, useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
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

  const { isPending: isWaitingUnknown } = useWaitingOrders(id);
  // Orders that wait would push down whatever is drawn before them.
  if (isWaitingUnknown) return <Skeleton h="70vh" />;
  return (
    <Stack gap="md">
      <Group gap="sm" mih={30}>
        <AccountChoice />
        <Freshness queries={Object.values(live)} />
      </Group>
      <WaitingOrders connectionId={id} headingOrder={2} isQuiet />
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
      </AccountFailure>
    </Stack>
  );
}

import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Badge, Button, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, useLocation, useMatch, useParams } from 'react-router';
import { useEarlyAccountData } from '../../../api/account-data.ts';
import { useConnection } from '../../../api/connections.ts';
import { useEarlyOrderStories, useWaitingOrders } from '../../../api/intents.ts';
import { useEarlyLiveOrders } from '../../../api/orders.ts';
import { isNotFound } from '../../../format/words/failure-words.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { ToldAbove } from '../../../ui/notices/told-above.ts';
import { FailedPage } from '../../../ui/pages/failed-page.tsx';
import { useKept } from '../../../ui/pages/kept.ts';
import { PageBoundary } from '../../../ui/pages/page-boundary.tsx';
import { PageSkeleton } from '../../../ui/pages/page-skeleton.tsx';
import type { ShownConnection } from '../../../ui/shown-connection/shown-connection.ts';
import { ModeBadge } from '../../../ui/values/mode-badge.tsx';
import { isWaiting } from '../../../ui/waiting-orders/waiting.ts';
import { TradingControl } from '../trading/trading-control.tsx';
import classes from './connection-page.module.css';
import { ReplayNotices } from './replay-notices.tsx';
import { SessionAdvice, SessionState, useSessionAdvice } from './session-state.tsx';
import { TABS } from './tabs.ts';

/** In characters: of more than that, a phone shows smaller ones. */
const LONG_NAME = 24;

/** `/connections/:connectionId` and what is below it: what the connection is, and its parts as tabs. */
export function ConnectionPage() {
  const { connectionId = '' } = useParams();
  const { data, error, refetch, dataUpdatedAt } = useConnection(connectionId);
  if (isNotFound(error)) return <NoSuchConnection />;
  if (data === undefined) {
    return error === null ? (
      <LoadingPage id={connectionId} />
    ) : (
      <FailedPage error={error} onRetry={refetch} />
    );
  }
  // Keyed, so that nothing of one connection is left on the page of another.
  return <LoadedPage key={data.id} connection={data} readAt={dataUpdatedAt} />;
}

/** Its overview is what most come for, and waits for most, as its orders do: that is asked for meanwhile. */
function LoadingPage({ id }: { id: string }) {
  return (
    <>
      {useMatch('/connections/:connectionId') && <EarlyAccountData connectionId={id} />}
      {useMatch('/connections/:connectionId/orders') && <EarlyOrders connectionId={id} />}
      <PageSkeleton />
    </>
  );
}

function EarlyAccountData({ connectionId }: { connectionId: string }) {
  useEarlyAccountData(connectionId);
  return null;
}

function EarlyOrders({ connectionId }: { connectionId: string }) {
  useEarlyLiveOrders(connectionId);
  useEarlyOrderStories(connectionId);
  return null;
}

function LoadedPage({ connection, readAt }: { connection: Connection; readAt: number }) {
  const [chosen, chooseAccount] = useKept<string | null>('account', null);
  const accountId = chosen ?? undefined;
  const advice = useSessionAdvice(connection);
  const shown: ShownConnection = { connection, account: { accountId, chooseAccount } };
  return (
    <Stack gap="md">
      <TradingControl
        connection={connection}
        readAt={readAt}
        heading={(button) => (
          <>
            <Heading connection={connection} stopButton={button} />
            <TabLinks of={connection} />
          </>
        )}
      />
      <ReplayNotices connectionId={connection.id} />
      <SessionAdvice connection={connection} />
      <ToldAbove value={advice}>
        <PageBoundary headingOrder={2}>
          <Outlet context={shown} />
        </PageBoundary>
      </ToldAbove>
    </Stack>
  );
}

function TabLinks({ of: { id, label } }: { of: Connection }) {
  const waiting = useWaitingOrders(id).data?.filter(isWaiting).length ?? 0;
  const { pathname } = useLocation();
  const links = useRef<HTMLElement>(null);
  // On a phone the link of the tab that is open may stand outside of what is seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address makes another link the current one.
  useEffect(() => {
    const bar = links.current;
    const link = bar?.querySelector<HTMLElement>('[aria-current]');
    // By hand: what is scrolled into view is where the next Tab goes on from, past the way to the content.
    if (bar && link)
      bar.scrollLeft = link.offsetLeft - bar.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav ref={links} className={classes.tabs} aria-label={label}>
      {TABS.map(({ path, name }) => (
        <NavLink key={path} to={path} end={path === ''} className={classes.tab ?? ''}>
          {name}
          {path === 'orders' && waiting > 0 && <WaitingBadge count={waiting} />}
        </NavLink>
      ))}
    </nav>
  );
}

interface HeadingProps {
  connection: Connection;
  stopButton: ReactNode;
}

function Heading({ connection, stopButton }: HeadingProps) {
  const { kind, mode, label } = connection;
  return (
    <div className={classes.heading} data-mode={mode}>
      <Title order={1} className={classes.name} data-long={label.length > LONG_NAME || undefined}>
        {label}
      </Title>
      <div className={classes.badge}>
        <ModeBadge mode={mode} />
      </div>
      <div className={classes.stop}>{stopButton}</div>
      <div className={classes.state}>
        <Text size="sm" c="dimmed" className={classes.kind}>
          {KINDS[kind].label}
        </Text>
        <SessionState connection={connection} />
      </div>
    </div>
  );
}

/** How many orders wait for their owner. */
function WaitingBadge({ count }: { count: number }) {
  return (
    <Badge className={classes.count ?? ''} size="sm" circle={count < 10}>
      {count}
      <VisuallyHidden> waiting for you</VisuallyHidden>
    </Badge>
  );
}

function NoSuchConnection() {
  useDocumentTitle('Connection not found · IBKR Gateway');
  return (
    <Stack gap="lg" align="flex-start">
      <Title order={1}>Connection not found</Title>
      <Text>It was deleted, or it belongs to somebody else.</Text>
      <Button component={Link} to="/connections">
        Go to your connections
      </Button>
    </Stack>
  );
}

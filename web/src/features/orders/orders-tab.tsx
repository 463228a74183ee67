import { Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useOrderStories, useWaitingOrders } from '../../api/intents.ts';
import { useLiveOrders } from '../../api/orders.ts';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { useSteady } from '../../ui/notices/use-steady.ts';
import { AccountChoice } from '../../ui/shown-connection/account-choice.tsx';
import { useShownAccount, useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';
import { useWaitingPlace } from '../../ui/waiting-orders/use-waiting-place.ts';
import { WaitingOrders } from '../../ui/waiting-orders/waiting-orders.tsx';
import { Orders } from './orders.tsx';

/**
 * What waits for the owner, and what became of everything else that was ordered. What neither could be read by is said
 * once, where it is above.
 */
export function OrdersTab() {
  const connection = useShownConnection();
  const { id, label } = connection;
  const { accountId } = useShownAccount();
  useDocumentTitle(`Orders · ${label} · IBKR Gateway`);
  const live = useSteady(useLiveOrders(id, accountId));
  const stories = useSteady(useOrderStories(id));
  const waitingOrders = useSteady(useWaitingOrders(id));
  const place = useWaitingPlace(id);
  if (place === 'unknown') return <Skeleton h="70vh" />;
  const isBelow = place === 'below';
  const ordersFailure = stories.error ?? live.error;
  const waiting = (
    <Section title="Waiting for you">
      <WaitingOrders connectionId={id} told={isBelow ? ordersFailure : null} others={[stories, live]} />
    </Section>
  );
  return (
    <Stack gap="md">
      <Group gap="sm" mih={30}>
        <AccountChoice />
        <Freshness queries={[live, stories]} />
      </Group>
      {!isBelow && waiting}
      <Section title="Orders">
        {/* True before anything has come: it is read meanwhile. */}
        <Text size="sm" c="dimmed" mb="sm">
          You cannot enter orders here, only approve and cancel what apps and keys ask for. To trade yourself,
          use IBKR’s own apps: those orders are listed here too.
        </Text>
        <Orders
          connection={connection}
          stories={stories}
          live={live}
          told={isBelow || waitingOrders.data !== undefined ? null : waitingOrders.error}
          others={isBelow ? [waitingOrders] : []}
        />
      </Section>
      {isBelow && waiting}
    </Stack>
  );
}

import { Group, Skeleton, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useOrderStories, useWaitingOrders } from '../../api/intents.ts';
import { useLiveOrders } from '../../api/orders.ts';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { AccountChoice } from '../../ui/shown-connection/account-choice.tsx';
import { useShownAccount, useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';
import { WaitingOrders } from '../../ui/waiting-orders/waiting-orders.tsx';
import { Orders } from './orders.tsx';

/** What waits for the owner, and what became of everything else that was ordered. */
export function OrdersTab() {
  const connection = useShownConnection();
  const { id, label } = connection;
  const { accountId } = useShownAccount();
  useDocumentTitle(`Orders · ${label} · IBKR Gateway`);
  const live = useLiveOrders(id, accountId);
  const stories = useOrderStories(id);
  const { isPending: isWaitingUnknown } = useWaitingOrders(id);
  // They would push down whatever is drawn before them.
  if (isWaitingUnknown) return <Skeleton h="70vh" />;
  return (
    <Stack gap="md">
      <Group gap="sm" mih={30}>
        <AccountChoice />
        <Freshness queries={[live, stories]} />
      </Group>
      <Section title="Waiting for you">
        <WaitingOrders connectionId={id} />
      </Section>
      <Section title="Orders">
        <Orders connection={connection} stories={stories} live={live} />
      </Section>
    </Stack>
  );
}

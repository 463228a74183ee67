import { NavLink, Skeleton, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useWaitingOrders } from '../../api/connections.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { orderWords } from '../../orders/order-words.ts';
import classes from './waiting-orders.module.css';

/** Links to the orders of a connection that wait for their owner. */
export function WaitingOrders({ connectionId }: { connectionId: string }) {
  const { data, error, refetch } = useWaitingOrders(connectionId);
  if (data === undefined) {
    return error === null ? <Skeleton h={24} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No order waits for you.
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {data.length === 1 ? '1 order waits for you' : `${data.length} orders wait for you`}
      </Title>
      {data.map(({ id, order, app }) => {
        const { what, how } = orderWords(order);
        return (
          <NavLink
            key={id}
            component={Link}
            to={`/approve/${id}`}
            className={classes.order}
            label={what}
            description={`${how} · asked for by ${app.name}`}
          />
        );
      })}
    </Stack>
  );
}

import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { Link } from 'react-router';
import { age, minutesAndSeconds } from '../../format/numbers.ts';
import { askerName } from '../../format/words/asker-words.ts';
import { orderWords, requestWords } from '../../format/words/order-words.ts';
import { InBatches } from '../lists/in-batches.tsx';
import { useNow } from '../values/use-now.ts';
import { type Waiting, waitingOf } from './waiting.ts';
import classes from './waiting-orders.module.css';

const AT_ONCE = 5;

interface WaitingListProps {
  /** Undefined while they are not known. */
  orders: readonly Intent[] | undefined;
  /** Of the heading above the list; without it, how many there are is told to screen readers only. */
  headingOrder?: 2 | 3;
  /** Shows nothing while none waits. */
  isQuiet?: boolean;
}

/** Links to orders that wait for their owner, the one that expires next first. */
export function WaitingList({ orders, headingOrder, isQuiet = false }: WaitingListProps) {
  const now = useNow();
  if (orders === undefined) return isQuiet ? null : <Skeleton h={24} />;
  const waiting = orders
    .flatMap((intent) => {
      const wait = waitingOf(intent, now);
      return wait === null || wait.isExpired ? [] : [{ intent, wait }];
    })
    .toSorted((a, b) => endOf(a.wait) - endOf(b.wait));
  const isShown = waiting.length > 0 || !isQuiet;
  return (
    // What shows nothing takes no room either, and is there to say so when that changes.
    <Stack gap="xs" align="stretch" {...(!isShown && { pos: 'absolute' })}>
      <div role="status">{isShown && <Count of={waiting.length} headingOrder={headingOrder} />}</div>
      <InBatches name="waiting orders" items={waiting} size={AT_ONCE}>
        {(shown) => (
          <Stack gap="xs">
            {shown.map(({ intent, wait }) => (
              <WaitingOrder key={intent.id} intent={intent} wait={wait} now={now} />
            ))}
          </Stack>
        )}
      </InBatches>
    </Stack>
  );
}

function endOf({ until }: Waiting): number {
  return until ?? Number.POSITIVE_INFINITY;
}

function Count({ of, headingOrder }: { of: number; headingOrder: 2 | 3 | undefined }) {
  if (of === 0) {
    return (
      <Text size="sm" c="dimmed">
        No order waits for you.
      </Text>
    );
  }
  const words = of === 1 ? '1 order waits for you' : `${of} orders wait for you`;
  if (headingOrder === undefined) return <VisuallyHidden>{words}</VisuallyHidden>;
  return (
    <Title order={headingOrder} size="h5">
      {words}
    </Title>
  );
}

interface WaitingOrderProps {
  intent: Intent;
  wait: Waiting;
  now: number;
}

function WaitingOrder({ intent, wait, now }: WaitingOrderProps) {
  const { id, order, app, createdAt } = intent;
  const { how } = orderWords(order);
  return (
    <Link to={`/approve/${id}`} className={classes.order}>
      <Text span size="sm" fw={700} className={classes.what}>
        {requestWords(order)}
      </Text>
      <Text span size="sm" fw={600} className={classes.act} aria-hidden>
        Review ›
      </Text>
      <Text span size="xs" c="dimmed" className={classes.detail}>
        {how}
        <span className={classes.asked}>
          <span className={classes.dot}> · </span>
          {askerName(app)} asked {age(now - Date.parse(createdAt))} ago
        </span>
        {wait.until !== null && (
          <span className={classes.end}>Expires in {minutesAndSeconds(wait.until - now)}</span>
        )}
      </Text>
    </Link>
  );
}

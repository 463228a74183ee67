import { Anchor, Badge, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { IntentState } from '../../../api/answers.ts';
import type { OrderStory } from '../../../api/orders.ts';
import { OpeningRow } from '../../../components/opening-row.tsx';
import { dateAndTime, timeOfDay } from '../../../orders/numbers.ts';
import { orderWords } from '../../../orders/order-words.ts';
import { outcomeWords } from '../../../orders/outcome-words.ts';
import classes from './order-story-row.module.css';

const STATES: Record<IntentState, string> = {
  awaiting_approval: 'Waits for a yes',
  sending: 'Being sent',
  needs_reply: 'IBKR asks something',
  working: 'Working',
  filled: 'Filled',
  cancelled: 'Cancelled',
  rejected: 'Refused by IBKR',
  unknown: 'Not known yet',
  not_placed: 'Not placed',
};

/** Nothing more becomes of the order. */
const OVER: readonly IntentState[] = ['filled', 'cancelled', 'rejected', 'not_placed'];

/** One order that was asked for; opened, every step of its life. */
export function OrderStoryRow({ story }: { story: OrderStory }) {
  const { order, app, state, createdAt } = story;
  const { what, how } = orderWords(order);
  return (
    <OpeningRow
      time={dateAndTime(createdAt)}
      title={what}
      detail={`${how} · ${app.name}`}
      badge={
        <Badge variant="default" radius="sm" tt="none">
          {STATES[state]}
        </Badge>
      }
    >
      <Story story={story} />
    </OpeningRow>
  );
}

function Story({ story }: { story: OrderStory }) {
  const { id, state, history, order, createdAt } = story;
  const isWaiting = state === 'awaiting_approval' || state === 'needs_reply';
  return (
    <Stack gap="sm">
      {OVER.includes(state) && <Text size="sm">{outcomeWords(story).text}</Text>}
      <ol className={classes.steps}>
        {history.map(({ at, state, note }) => (
          <li key={`${at} ${state} ${note}`}>
            <time dateTime={at}>{stepTime(at, createdAt)}</time>
            <span>{upperFirst(note || STATES[state])}</span>
          </li>
        ))}
      </ol>
      {orderWords(order).also.map((sentence) => (
        <Text size="sm" key={sentence}>
          {sentence}
        </Text>
      ))}
      <Anchor component={Link} to={`/approve/${id}`} size="sm">
        {isWaiting ? 'Look at it and answer' : 'How it stands, its cost and its warnings'}
      </Anchor>
    </Stack>
  );
}

/** The day as well, when it is not the one on which the order was asked for. */
function stepTime(at: string, createdAt: string): string {
  const time = new Date(at);
  const isSameDay = time.toDateString() === new Date(createdAt).toDateString();
  return isSameDay ? timeOfDay(time.getTime()) : dateAndTime(at);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

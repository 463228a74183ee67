import type { Intent } from '@ibkr-gateway/functions/contract/intent';
import type { IntentState } from '@ibkr-gateway/functions/contract/order-states';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Anchor, Badge, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { askerName } from '../../format/asker-words.ts';
import { dateAndTime, timeOfDay } from '../../format/numbers.ts';
import { orderWords } from '../../format/order-words.ts';
import { outcomeWords } from '../../format/outcome-words.ts';
import { OpeningRow } from '../../ui/lists/opening-row.tsx';
import { Moment } from '../../ui/values/moment.tsx';
import { OrderSentence } from '../../ui/values/order-sentence.tsx';
import { type Waiting, waitingOf } from '../../ui/waiting-orders/waiting.ts';
import { stateWords } from './live-order-words.ts';
import classes from './order-story-row.module.css';

const STATES: Record<IntentState, string> = {
  awaiting_approval: 'Awaiting approval',
  sending: 'Sending',
  needs_reply: 'IBKR asks to confirm',
  working: 'Working',
  filled: 'Filled',
  cancelled: 'Cancelled',
  rejected: 'Refused by IBKR',
  unknown: 'Status unknown',
  not_placed: 'Not placed',
};

const QUIET = { variant: 'default' } as const;
const WANTED = { variant: 'filled', color: 'yellow.4', c: 'black' } as const;
const UNDER_WAY = { variant: 'filled', color: 'indigo.8' } as const;

/** What asks for attention stands out; the words say what it is. */
const LOOKS: Record<IntentState, typeof QUIET | typeof WANTED | { variant: 'filled'; color: string }> = {
  awaiting_approval: WANTED,
  needs_reply: WANTED,
  unknown: WANTED,
  sending: UNDER_WAY,
  working: UNDER_WAY,
  filled: { variant: 'filled', color: 'teal.9' },
  rejected: { variant: 'filled', color: 'red.9' },
  cancelled: QUIET,
  not_placed: QUIET,
};

/** Nothing more becomes of the order. */
const OVER: readonly IntentState[] = ['filled', 'cancelled', 'rejected', 'not_placed'];

interface OrderStoryRowProps {
  story: Intent;
  /** What IBKR says of it, if it was asked and still lists it. */
  live: LiveOrder | undefined;
  now: number;
}

/** One order that was asked for; opened, every step of its life. */
export function OrderStoryRow({ story, live, now }: OrderStoryRowProps) {
  const { order, app, createdAt } = story;
  const { what, how } = orderWords(order);
  const waiting = waitingOf(story, now);
  return (
    <OpeningRow
      time={<Moment iso={createdAt} />}
      title={what}
      detail={`${how} · ${askerName(app)}`}
      badge={
        <Badge {...(waiting?.isExpired ? QUIET : LOOKS[story.state])} radius="sm" tt="none">
          {waiting?.isExpired ? 'Expired' : standing(story, live)}
        </Badge>
      }
    >
      <Story story={story} waiting={waiting} />
    </OpeningRow>
  );
}

/** The gateway reads a working order now and then, IBKR's list was read a moment ago. */
function standing({ state, order }: Intent, live: LiveOrder | undefined): string {
  const isAllOfIt = order.oca === undefined;
  return state === 'working' && live !== undefined && isAllOfIt ? stateWords(live) : STATES[state];
}

function Story({ story, waiting }: { story: Intent; waiting: Waiting | null }) {
  const { id, connectionId, state, history, order, createdAt } = story;
  return (
    <Stack gap="sm">
      {OVER.includes(state) && <Text size="sm">{outcomeWords(story).text}</Text>}
      <ol className={classes.steps}>
        {history.map(({ at, state, note }) => (
          <li key={`${at} ${state} ${note}`}>
            <Moment iso={at}>{stepTime(at, createdAt)}</Moment>
            <span>{upperFirst(note || STATES[state])}</span>
          </li>
        ))}
      </ol>
      <OrderSentence intent={story} />
      {orderWords(order).also.map((sentence) => (
        <Text size="sm" key={sentence}>
          {sentence}
        </Text>
      ))}
      <Text size="sm">
        <Anchor component={Link} to={`/approve/${id}`} inherit underline="always">
          {linkWords(story, waiting)}
        </Anchor>
        {' · '}
        <Anchor
          component={Link}
          to={`/connections/${connectionId}/activity?order=${id}`}
          inherit
          underline="always"
        >
          Calls about it
        </Anchor>
      </Text>
    </Stack>
  );
}

function linkWords({ preview }: Intent, waiting: Waiting | null): string {
  if (waiting !== null) return waiting.isExpired ? 'What became of it' : 'Look at it and answer';
  return preview === null ? 'How it stands' : 'How it stands, its cost and its warnings';
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

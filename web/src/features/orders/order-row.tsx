import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Anchor, Badge, type BadgeProps, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { clockTime, dateAndTime, inLocalTime, number, timeOfDay } from '../../format/numbers.ts';
import { askerName } from '../../format/words/asker-words.ts';
import { orderWords, requestWords } from '../../format/words/order-words.ts';
import { outcomeWords, STATE_WORDS } from '../../format/words/outcome-words.ts';
import { OpeningRow } from '../../ui/lists/opening-row.tsx';
import { Moment } from '../../ui/values/moment.tsx';
import { OrderSentence } from '../../ui/values/order-sentence.tsx';
import { waitingOf } from '../../ui/waiting-orders/waiting.ts';
import type { ListedOrder } from './order-list.ts';
import classes from './order-row.module.css';
import { isOver, standingOf, type Tone } from './order-standing.ts';

const LOOKS: Record<Tone, BadgeProps> = {
  quiet: { variant: 'default' },
  wanted: { variant: 'filled', color: 'yellow.4', c: 'black' },
  under_way: { variant: 'filled', color: 'indigo.8' },
  good: { variant: 'filled', color: 'teal.9' },
  bad: { variant: 'filled', color: 'red.9' },
};

interface OrderRowProps {
  order: ListedOrder;
  now: number;
  /** What can be done about it. */
  action: ReactNode;
}

/** One order; opened, what IBKR says of it and every step of its life. */
export function OrderRow({ order, now, action }: OrderRowProps) {
  const { id, story, earlier, live, partOf } = order;
  const { words, tone } = standingOf(order, now);
  const asked = (earlier.at(-1) ?? story)?.createdAt ?? live?.last_execution_time;
  return (
    <OpeningRow
      id={id}
      time={asked == null ? 'Open or of today' : <Moment iso={asked} />}
      {...(story === undefined ? elsewhereWords(live, partOf) : storyWords(story, id))}
      badge={
        <Badge {...LOOKS[tone]} radius="sm" tt="none">
          {words}
        </Badge>
      }
      action={action}
    >
      <Stack gap="sm">
        {live !== undefined && <AtIbkr order={live} />}
        {partOf !== undefined && (
          <Anchor component={Link} to={`/approve/${partOf.id}`} size="sm" underline="always">
            What it was asked for with: {orderWords(partOf.order).what}
          </Anchor>
        )}
        {[story, ...earlier].map((one) => one && <Story key={one.id} story={one} now={now} />)}
      </Stack>
    </OpeningRow>
  );
}

/** @param listedAs A change that IBKR took is listed as the order that it changed. */
function storyWords({ order, app }: Intent, listedAs: string): { title: string; detail: string } {
  const { what, how } = orderWords(order);
  const title = order.modifies === listedAs ? what : requestWords(order);
  return { title, detail: `${how} · ${askerName(app)}` };
}

function elsewhereWords(live: LiveOrder, partOf: Intent | undefined): { title: string; detail: string } {
  const by = live.intent_id === null ? 'Ordered elsewhere' : 'Asked for with another order';
  return { title: live.order, detail: partOf === undefined ? by : askerName(partOf.app) };
}

function AtIbkr({ order }: { order: LiveOrder }) {
  const { filled_quantity, quantity, last_execution_time, status, status_description } = order;
  const last = last_execution_time === null ? '' : `, last at ${clockTime(last_execution_time)}`;
  return (
    <Text size="sm">
      At IBKR: {status}, {number(filled_quantity)} of {number(quantity)} filled{last}. {status_description}
    </Text>
  );
}

function Story({ story, now }: { story: Intent; now: number }) {
  const { id, connectionId, state, history, order, createdAt } = story;
  return (
    <Stack gap="sm">
      {isOver(state) && <Text size="sm">{outcomeWords(story).text}</Text>}
      <ol className={classes.steps}>
        {history.map(({ at, state, note }) => (
          <li key={`${at} ${state} ${note}`}>
            <Moment iso={at}>{stepTime(at, createdAt)}</Moment>
            <span>{upperFirst(inLocalTime(note) || STATE_WORDS[state])}</span>
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
          {linkWords(story, now)}
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

function linkWords(story: Intent, now: number): string {
  if (waitingOf(story, now)?.isExpired) return 'What became of it';
  return story.preview === null ? 'How it stands' : 'How it stands, its cost and its warnings';
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

import type { Quote } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import { Badge, Group, Paper, Skeleton, Text, Title } from '@mantine/core';
import { useTool } from '../../api/tools.ts';
import { money, number } from '../../format/numbers.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { InPlaceOf } from '../../ui/notices/in-place.tsx';
import { Change } from '../../ui/values/change.tsx';
import { Moment } from '../../ui/values/moment.tsx';
import { Stat } from '../../ui/values/stat.tsx';
import classes from './quote-panel.module.css';

const QUOTE_EVERY_MS = 15_000;
const QUOTE_FRESH_MS = 5_000;

/** Of prices that are not of this moment, why. */
const NOT_NOW: Partial<Record<Quote['availability'], string>> = {
  delayed: 'Delayed by 15 to 20 minutes',
  frozen: 'Market closed: the last prices before it closed',
  frozen_delayed: 'Market closed: delayed prices from before it closed',
  not_subscribed: 'This login has no market data subscription for it',
  unknown: 'IBKR does not say how old these prices are',
};

export function useQuote(connectionId: string, conid: number) {
  return useTool(connectionId, 'get_quote', { conid }, { everyMs: QUOTE_EVERY_MS, freshMs: QUOTE_FRESH_MS });
}

interface QuotePanelProps {
  quote: ReturnType<typeof useQuote>;
  /** After a failure. */
  onRetry: () => void;
}

/** What an instrument costs now, and how much that can be trusted. */
export function QuotePanel({ quote: { data, error }, onRetry }: QuotePanelProps) {
  if (data === undefined && error !== null) {
    return (
      <InPlaceOf outline={<Figures data={undefined} isStale={false} />}>
        <FailureNotice error={error} onRetry={onRetry} />
      </InPlaceOf>
    );
  }
  return <Figures data={data} isStale={error !== null} />;
}

interface FiguresProps {
  /** Undefined while it is on its way. */
  data: Quote | undefined;
  /** It could not be read again. */
  isStale: boolean;
}

function Figures({ data, isStale }: FiguresProps) {
  return (
    <Paper component="section" withBorder p="md" aria-label="Quote">
      {data ? <Heading {...data} /> : <Skeleton h={26} w={220} />}
      <dl className={classes.numbers}>
        <Stat name="Last" prominent>
          {data && <Last {...data} />}
        </Stat>
        <Stat name="Change">{data && <Change amount={data.change} percent={data.change_percent} />}</Stat>
        <Stat name="Bid">{data && withSize(data.bid, data.bid_size)}</Stat>
        <Stat name="Ask">{data && withSize(data.ask, data.ask_size)}</Stat>
        <Stat name="Day range">{data && `${money(data.low, null)} – ${money(data.high, null)}`}</Stat>
        <Stat name="Open">{data && money(data.open, null)}</Stat>
        <Stat name="Previous close">{data && money(data.previous_close, null)}</Stat>
        <Stat name="Volume">{data && (data.volume === null ? '–' : number(data.volume))}</Stat>
      </dl>
      <Text size="sm" c="dimmed" mt="sm" mih={20}>
        {data && <Age quote={data} isStale={isStale} />}
      </Text>
    </Paper>
  );
}

function Heading({ symbol, name, exchange, halted, availability }: Quote) {
  const doubt = NOT_NOW[availability];
  return (
    <Group gap="xs">
      <Title order={2} size="h4">
        {symbol}
      </Title>
      <Text size="sm" c="dimmed">
        {[name, exchange].filter(Boolean).join(' · ')}
      </Text>
      {halted && (
        <Badge color="red.9" radius="sm" tt="none">
          Trading is halted
        </Badge>
      )}
      {doubt && (
        <Badge variant="default" radius="sm" tt="none">
          {doubt}
        </Badge>
      )}
    </Group>
  );
}

function Last({ last, currency, price_unit }: Quote) {
  return (
    <>
      {money(last, null)}{' '}
      <Text span c="dimmed" size="md">
        {price_unit ?? currency}
      </Text>
    </>
  );
}

function withSize(price: number | null, size: number | null): string {
  return size === null ? money(price, null) : `${money(price, null)} × ${number(size)}`;
}

function Age({ quote: { as_of, last_is_previous_close }, isStale }: { quote: Quote; isStale: boolean }) {
  return (
    <>
      {as_of === null ? (
        'IBKR does not say of when this is.'
      ) : (
        <>
          As of <Moment iso={as_of} />.
        </>
      )}
      {last_is_previous_close &&
        ' Nothing has traded yet in this session: the last price is the previous close.'}
      {isStale && ' It could not be read again since.'}
    </>
  );
}

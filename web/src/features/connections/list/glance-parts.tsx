/** What is told of one connection among all of them. */
import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Glance } from '@ibkr-gateway/functions/contract/glance';
import { Anchor, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { cents, clockTime, withUnit } from '../../../format/numbers.ts';
import { sinceClose } from '../../../format/since-close.ts';
import { countWords, firstNames } from '../../../format/words/count-words.ts';
import { Change } from '../../../ui/values/change.tsx';
import { Moment } from '../../../ui/values/moment.tsx';

interface PartProps {
  connection: Connection;
  /** Undefined while it is on its way, null where it could not be read. */
  glance: Glance | null | undefined;
}

/** Of a value that is older than this its time is told. */
const RECENT_MS = 3 * 60_000;

/** What the account is worth, and by how much that changed today. */
export function Worth({ connection: { session }, glance }: PartProps) {
  if (glance === undefined) return <Skeleton h={40} maw={160} />;
  if (glance === null) {
    return (
      <Text size="sm" c="dimmed" mih={40}>
        Not available now.
      </Text>
    );
  }
  const { value, valueFailure } = glance;
  if (value === null) {
    const words =
      session.state === 'connected' ? 'IBKR has not reported its value yet.' : 'Its value is not known.';
    return (
      <Text size="sm" c="dimmed">
        {valueFailure ?? words}
      </Text>
    );
  }
  const { netLiquidation, daily, currency, asOf } = value;
  const isOld = valueFailure !== null || Date.now() - Date.parse(asOf) > RECENT_MS;
  return (
    <Stack gap={0}>
      <Text fw={700}>
        {withUnit(cents(netLiquidation, currency), netLiquidation === null ? null : currency)}
      </Text>
      <Text size="sm">
        <Change amount={daily} currency={currency} percent={sinceClose(daily, netLiquidation)} />{' '}
        <Text span size="sm" c="dimmed">
          today
        </Text>
      </Text>
      {isOld && (
        <Text size="xs" c="dimmed">
          As of <Moment iso={asOf}>{clockTime(asOf)}</Moment>
        </Text>
      )}
      {valueFailure !== null && (
        <Text size="xs" c="dimmed">
          {valueFailure}
        </Text>
      )}
    </Stack>
  );
}

/** What failed within a day. */
export function Errors({ connection: { id }, glance }: PartProps) {
  if (glance === undefined) return <Skeleton h={20} maw={120} />;
  if (glance === null) return <div />;
  const { count, isMore, latest } = glance.errors;
  if (latest === null) {
    return (
      <Text size="sm" c="dimmed">
        No errors in 24 hours
      </Text>
    );
  }
  return (
    <Stack gap={0}>
      <Anchor component={Link} to={`/connections/${id}/activity?outcome=error&last=24h`} size="sm">
        {isMore ? `${count} errors or more` : countWords(count, 'error')} in 24 hours
      </Anchor>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {latest.tool}: {latest.code ?? 'error'}, <Moment iso={latest.at}>{clockTime(latest.at)}</Moment>
      </Text>
    </Stack>
  );
}

const MOST_NAMES = 3;

/** Which apps and how many keys may use it. */
export function Access({ connection: { id }, glance }: PartProps) {
  if (glance === undefined) return <Skeleton h={20} maw={120} />;
  const names = glance && [...new Set(glance.apps.map(({ label }) => label))];
  return (
    <Stack gap={0}>
      <Anchor component={Link} to={`/connections/${id}/apps`} size="sm" style={{ overflowWrap: 'anywhere' }}>
        {names === null ? 'Apps' : names.length === 0 ? 'No app' : firstNames(names, MOST_NAMES)}
      </Anchor>
      <Anchor component={Link} to={`/connections/${id}/keys`} size="sm">
        {glance === null
          ? 'Keys'
          : glance.keys.length === 0
            ? 'No key'
            : countWords(glance.keys.length, 'key')}
      </Anchor>
    </Stack>
  );
}

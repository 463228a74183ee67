import type { Subscription } from '@ibkr-gateway/functions/contract/access/subscription';
import { NEWS_TITLES } from '@ibkr-gateway/functions/contract/news/news-words';
import { Text } from '@mantine/core';
import { useSubscriptions } from '../../api/subscriptions.ts';
import { dateAndTime } from '../../format/numbers.ts';

interface ToldLineProps {
  connectionId: string;
  /** Of the key, or of the grant of the app. */
  credentialId: string;
}

/** What an app or a key has sent to itself, and where; nothing where it asked for nothing. */
export function ToldLine({ connectionId, credentialId }: ToldLineProps) {
  const { data = [] } = useSubscriptions(connectionId);
  const own = data.filter((one) => one.credentialId === credentialId);
  return Object.entries(Object.groupBy(own, ({ host }) => host)).map(([host, told = []]) => (
    <Text key={host} size="sm" c="dimmed">
      {`Told at ${host} until ${untilOf(told)}: ${told.map(({ type }) => titleOf(type)).join(' · ')}`}
      {told.some(({ failingSince }) => failingSince !== null) && ' (nothing gets through at the moment)'}
    </Text>
  ));
}

/** All of it ends by then, unless the app asks again. */
function untilOf(told: readonly { expiresAt: string }[]): string {
  return dateAndTime(
    told
      .map(({ expiresAt }) => expiresAt)
      .toSorted()
      .at(-1) ?? '',
  );
}

function titleOf(type: Subscription['type']): string {
  return type === 'price.crossed' ? 'Watched price reached' : NEWS_TITLES[type];
}

import { Anchor, Group, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { Link } from 'react-router';
import { useReplayedApps } from '../../../api/apps.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { Notice } from '../../../ui/notices/notice.tsx';
import { Moment } from '../../../ui/values/moment.tsx';

/** Of so many, the ids of those that were dismissed are kept by the browser. */
const MOST_DISMISSED = 100;

/** Says which apps lost their access because a code or token was used again, until it is dismissed or they are back. */
export function ReplayNotices({ connectionId }: { connectionId: string }) {
  const { data = [] } = useReplayedApps(connectionId);
  const [dismissed, setDismissed] = useLocalStorage<string[]>({
    key: 'dismissed-replays',
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  return data
    .filter(({ grantId }) => !dismissed.includes(grantId))
    .map(({ grantId, clientName, replayedAt }) => (
      <Notice key={grantId} tone="bad" title={`${clientName} was disconnected`}>
        <Text size="sm">
          On <Moment iso={replayedAt} /> a code or token of it was used a second time, as when somebody has
          stolen one. Everything that was issued to it has ended.{' '}
          <Anchor
            component={Link}
            to={`/connections/${connectionId}/activity?app=${grantId}`}
            inherit
            underline="always"
          >
            See what it did
          </Anchor>
          , and connect it again if that was you.
        </Text>
        <Group mt="xs">
          <ActionButton
            variant="default"
            size="xs"
            onClick={() => setDismissed((ids) => [...ids, grantId].slice(-MOST_DISMISSED))}
          >
            Dismiss
          </ActionButton>
        </Group>
      </Notice>
    ));
}

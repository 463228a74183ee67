import type { Channel, ChannelTest } from '@ibkr-gateway/functions/contract/news/channels';
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useConnections } from '../../api/connections.ts';
import { useChannelActs } from '../../api/notifications/channels.ts';
import { NEWS_TYPE_WORDS } from '../../format/news-types.ts';
import { dateAndTime } from '../../format/numbers.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { EditButton } from '../../ui/forms/edit-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import { Section } from '../../ui/text/section.tsx';
import { quietWords } from './channel-changes.ts';
import { DeliveryLog } from './delivery-log.tsx';
import { EditChannelForm } from './edit-channel-form.tsx';
import { NewSecret } from './new-secret.tsx';

/** One channel: what it is told, whether it gets through, and what can be done with it. */
export function ChannelSection({ channel }: { channel: Channel }) {
  const { id, kind, label, url, address, types, quietHours, disabledAt, formerSecretUntil, version } =
    channel;
  const { change, remove, replaceSecret, test, askAgain } = useChannelActs(channel);
  const connections = useConnections().data ?? [];
  const [isRemoving, removal] = useDisclosure();
  const [isReplacing, replacement] = useDisclosure();
  const of = connections.find((one) => one.id === channel.connectionId)?.label ?? 'All connections';
  const [isEditing, editing] = useDisclosure();
  const isOn = disabledAt === null;
  // What the form was refused, it says itself.
  const failure = (isEditing ? null : change.error) ?? test.error ?? askAgain.error;
  return (
    <Section title={label} aside={<EditButton isOpen={isEditing} what={label} onClick={editing.toggle} />}>
      <Stack gap="sm">
        {url === null ? (
          <Text size="sm">A browser</Text>
        ) : (
          <Code style={{ overflowWrap: 'anywhere' }}>{url}</Code>
        )}
        {address !== null && <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>}
        <Text size="sm" c="dimmed">
          {of} · {types === null ? 'All news' : types.map((type) => NEWS_TYPE_WORDS[type]).join(' · ')}
        </Text>
        {quietHours !== null && (
          <Text size="sm" c="dimmed">
            Quiet {quietWords(quietHours)}
          </Text>
        )}
        {isEditing && <EditChannelForm channel={channel} change={change} />}
        {channel.isUnconfirmed && (
          <Notice tone="caution" title="Not confirmed yet">
            <Stack gap="xs" align="flex-start">
              <Text size="sm">
                Nothing is sent there until the link in the email that asks for it is followed. It works for
                three days.
              </Text>
              {askAgain.isSuccess && (
                <Text size="sm" role="status">
                  Another email is on its way; only its link works now.
                </Text>
              )}
              <ActionButton
                size="xs"
                variant="default"
                loading={askAgain.isPending}
                aria-label={`Send the link again to ${label}`}
                onClick={() => askAgain.mutate()}
              >
                Send the link again
              </ActionButton>
            </Stack>
          </Notice>
        )}
        <HealthNotice channel={channel} />
        {formerSecretUntil !== null && (
          <Text size="sm">
            Its former secret signs as well until {dateAndTime(formerSecretUntil)}, so that nothing is lost.
          </Text>
        )}
        {replaceSecret.data !== undefined && <NewSecret made={replaceSecret.data} />}
        {test.data !== undefined && <TestResult attempt={test.data} />}
        {failure !== null && <FailureNotice error={failure} />}
        <Group gap="xs">
          {!channel.isUnconfirmed && (
            <ActionButton
              size="xs"
              variant="default"
              loading={test.isPending}
              aria-label={`Send a test to ${label}`}
              onClick={() => test.mutate()}
            >
              Send a test
            </ActionButton>
          )}
          <ActionButton
            size="xs"
            variant="default"
            loading={change.isPending}
            aria-label={`Turn ${isOn ? 'off' : 'on'} ${label}`}
            onClick={() => change.mutate({ version, isOn: !isOn })}
          >
            {isOn ? 'Turn off' : 'Turn on'}
          </ActionButton>
          {kind === 'webhook' && (
            <Button
              size="xs"
              variant="default"
              aria-label={`Replace the secret of ${label}`}
              onClick={replacement.open}
            >
              Replace the secret
            </Button>
          )}
          <Button size="xs" variant="default" aria-label={`Remove ${label}`} onClick={removal.open}>
            Remove
          </Button>
        </Group>
        <Disclosure summary={`What was sent to ${label}`}>
          <DeliveryLog channelId={id} />
        </Disclosure>
      </Stack>
      <Confirmation
        opened={isReplacing}
        onClose={replacement.close}
        title={`Replace the secret of ${label}?`}
        yes="Replace it"
        no="Keep it"
        onYes={() => replaceSecret.mutate(undefined, { onSuccess: replacement.close })}
        isPending={replaceSecret.isPending}
        error={replaceSecret.error}
      >
        <Text>Messages are signed with both for a day: put the new one in place within that time.</Text>
      </Confirmation>
      <Confirmation
        opened={isRemoving}
        onClose={removal.close}
        title={`Remove ${label}?`}
        yes="Remove"
        no="Keep it"
        onYes={() => remove.mutate(undefined, { onSuccess: removal.close })}
        isDestructive
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>Nothing more is sent to it, and its delivery log is deleted.</Text>
      </Confirmation>
    </Section>
  );
}

function HealthNotice({ channel: { disabledAt, disabledBy, failingSince } }: { channel: Channel }) {
  if (disabledAt !== null) {
    return disabledBy === 'gateway' ? (
      <Notice tone="bad" title="Turned off, because nothing got through">
        <Text size="sm">
          Since {dateAndTime(disabledAt)} nothing is sent to it. Fix its server, send a test, and turn it on
          again.
        </Text>
      </Notice>
    ) : (
      <Notice tone="neutral" title={`Turned off on ${dateAndTime(disabledAt)}`} />
    );
  }
  if (failingSince === null) return null;
  return (
    <Notice tone="caution" title="Nothing gets through">
      <Text size="sm">
        Since {dateAndTime(failingSince)}. It is tried again, less and less often, and turned off after three
        days.
      </Text>
    </Notice>
  );
}

function TestResult({ attempt: { status, milliseconds, error } }: ChannelTest) {
  const isTaken = error === null;
  const answer = status === null ? '' : `: ${status}`;
  const words = isTaken ? `It was taken${answer}, after ${milliseconds} ms` : 'The test was not taken';
  return (
    <Notice tone={isTaken ? 'good' : 'bad'} title={words} role="status">
      {!isTaken && <Text size="sm">{error}</Text>}
    </Notice>
  );
}

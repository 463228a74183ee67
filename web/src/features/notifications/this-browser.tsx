import type { Channel } from '@ibkr-gateway/functions/contract/news/channels';
import { Group, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useChannelActs } from '../../api/notifications/channels.ts';
import {
  NotAllowed,
  takesPush,
  useSubscribing,
  useThisBrowser,
  useUnsubscribing,
} from '../../api/notifications/this-browser.ts';
import { browserWords } from '../../format/words/browser-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { Section } from '../../ui/text/section.tsx';

/** Whether the browser that shows the page is told of news, and how it comes to be. */
export function ThisBrowser({ channels }: { channels: readonly Channel[] }) {
  const { data, error } = useThisBrowser();
  const own = channels.find(({ browser }) => browser !== null && browser === data?.browser);
  return (
    <Section title="This browser">
      {!takesPush() ? (
        <NotSupported />
      ) : error !== null ? (
        <FailureNotice error={error} />
      ) : data === undefined ? null : data.permission === 'denied' ? (
        <Blocked />
      ) : own === undefined ? (
        <Offer />
      ) : (
        <Told channel={own} />
      )}
    </Section>
  );
}

function NotSupported() {
  return isAppleTouch() ? (
    <Notice tone="neutral" title="First add this site to your home screen">
      <Text size="sm">
        On an iPhone or iPad, tap <b>Share</b>, then <b>Add to Home Screen</b>. Open it from there and come
        back to this page: then it can tell you.
      </Text>
    </Notice>
  ) : (
    <Text size="sm">
      This browser does not support notifications. Open this page in another one, or on your phone.
    </Text>
  );
}

function Blocked() {
  return (
    <Notice tone="caution" title="This browser blocks notifications of this site">
      <Text size="sm">Allow them in its settings for this site, then load this page again.</Text>
    </Notice>
  );
}

function Offer() {
  const [showsDetails, setShowsDetails] = useState(false);
  const subscribing = useSubscribing();
  const { error } = subscribing;
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" maw={560}>
        Be told at once when an order waits for you, even while no page is open. Tap the notification to
        approve or decline the order.
      </Text>
      <DetailsSwitch checked={showsDetails} onChange={setShowsDetails} />
      {error instanceof NotAllowed ? (
        <Notice tone="caution" role="alert" title="Notifications were not allowed">
          <Text size="sm">
            Nothing was turned on. Press the button again and allow them when the browser asks.
          </Text>
        </Notice>
      ) : error instanceof DOMException ? (
        <Notice tone="bad" role="alert" title="The browser could not be reached by its push service">
          <Text size="sm">Nothing was turned on. Try again later, or in another browser.</Text>
        </Notice>
      ) : (
        error !== null && <FailureNotice error={error} />
      )}
      <ActionButton
        loading={subscribing.isPending}
        onClick={() => subscribing.mutate({ label: browserWords(navigator.userAgent), showsDetails })}
      >
        Tell me in this browser
      </ActionButton>
    </Stack>
  );
}

function Told({ channel }: { channel: Channel }) {
  const { change } = useChannelActs(channel);
  const unsubscribing = useUnsubscribing(channel);
  const failure = change.error ?? unsubscribing.error;
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" maw={560}>
        {channel.disabledAt === null ? (
          <>
            This browser tells you, as <b>{channel.label}</b>, until you stop it, also while you are signed
            out.
          </>
        ) : (
          <>
            Turned off. Turn <b>{channel.label}</b> on below to be told again.
          </>
        )}
      </Text>
      <DetailsSwitch
        checked={channel.showsDetails ?? false}
        onChange={(showsDetails) => change.mutate({ version: channel.version, showsDetails })}
      />
      {failure !== null && <FailureNotice error={failure} />}
      <Group gap="xs">
        <ActionButton
          variant="default"
          loading={unsubscribing.isPending}
          onClick={() => unsubscribing.mutate()}
        >
          Stop telling this browser
        </ActionButton>
      </Group>
    </Stack>
  );
}

interface DetailsSwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function DetailsSwitch({ checked, onChange }: DetailsSwitchProps) {
  return (
    <Switch
      label="Say what the order is"
      description="Otherwise only that one waits. What it says may be read on a locked screen."
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** Their browsers take push messages only for sites on the home screen. */
function isAppleTouch(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1);
}

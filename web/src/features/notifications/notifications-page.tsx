import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { useIsConfigPending, usePublicConfig } from '../../api/config.ts';
import { useChannels, useNewChannel } from '../../api/notifications/channels.ts';
import { useThisBrowser } from '../../api/notifications/this-browser.ts';
import { useOpener } from '../../ui/forms/use-opener.ts';
import { GoneElsewhere } from '../../ui/notices/gone-elsewhere.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { ChannelSection } from './channel-section.tsx';
import { type EnteredKind, NewChannelForm } from './new-channel-form.tsx';
import { NewSecret } from './new-secret.tsx';
import { ThisBrowser } from './this-browser.tsx';

/** `/notifications`: where news goes besides the page *News*. */
export function NotificationsPage() {
  useDocumentTitle('Notifications · IBKR Gateway');
  const { data: channels, error, refetch } = useChannels();
  const added = useNewChannel();
  const sendsMail = usePublicConfig()?.sendsMail ?? false;
  const [openForm, setOpenForm] = useState<EnteredKind | null>(null);
  const webhookOpener = useOpener(openForm === 'webhook');
  const mailOpener = useOpener(openForm === 'email');
  const { isLoading: isBrowserUnknown } = useThisBrowser();
  const isConfigPending = useIsConfigPending();
  // Drawn at once, and in its place: what comes late moves what is there.
  if (channels === undefined || isBrowserUnknown || isConfigPending) {
    return error === null ? (
      <PageSkeleton />
    ) : (
      <FailedPage title="Notifications" error={error} onRetry={refetch} />
    );
  }
  const start = (kind: EnteredKind) => {
    added.reset();
    setOpenForm(kind);
  };
  const close = () => setOpenForm(null);
  return (
    <Stack gap="md">
      <Title order={1}>Notifications</Title>
      <ThisBrowser channels={channels} />
      <Group justify="space-between" gap="sm" align="flex-start">
        <Text size="sm" c="dimmed" maw={560}>
          A webhook sends your <Link to="/news">news</Link> to your own program as it happens, so that the
          program need not keep asking.
        </Text>
        {openForm === null && (
          <Group gap="sm">
            <Button ref={webhookOpener} onClick={() => start('webhook')}>
              New webhook
            </Button>
            {sendsMail && (
              <Button ref={mailOpener} variant="default" onClick={() => start('email')}>
                News by email
              </Button>
            )}
          </Group>
        )}
      </Group>
      {added.data !== undefined && <NewSecret made={added.data} />}
      <GoneElsewhere items={channels.map(({ id, label }) => ({ id, name: label }))} happened="was removed" />
      {openForm !== null && <NewChannelForm kind={openForm} added={added} onClose={close} />}
      {channels.length === 0 && openForm === null && (
        <Text size="sm">Nothing else receives your news yet.</Text>
      )}
      {channels.map((channel) => (
        <ChannelSection key={channel.id} channel={channel} />
      ))}
    </Stack>
  );
}

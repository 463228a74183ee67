import { Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useChannels, useNewChannel } from '../../api/channels.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { ChannelSection } from './channel-section.tsx';
import { NewChannelForm } from './new-channel-form.tsx';
import { NewSecret } from './new-secret.tsx';
import { ThisBrowser } from './this-browser.tsx';

/** `/notifications`: where news goes besides the page *News*. */
export function NotificationsPage() {
  useDocumentTitle('Notifications · IBKR Gateway');
  const { data: channels, error, refetch } = useChannels();
  const added = useNewChannel();
  const [isFormOpen, form] = useDisclosure();
  if (channels === undefined) {
    return error === null ? <PageSkeleton /> : <FailedPage error={error} onRetry={refetch} />;
  }
  const start = () => {
    added.reset();
    form.open();
  };
  return (
    <Stack gap="md">
      <Title order={1}>Notifications</Title>
      <ThisBrowser channels={channels} />
      <Group justify="space-between" gap="sm" align="flex-start">
        <Text size="sm" c="dimmed" maw={560}>
          A webhook sends your <Link to="/news">news</Link> to a program of yours as it happens: what it is
          told, it can act on without asking again and again.
        </Text>
        {!isFormOpen && <ActionButton onClick={start}>New webhook</ActionButton>}
      </Group>
      {added.data !== undefined && <NewSecret made={added.data} />}
      {isFormOpen && <NewChannelForm added={added} onClose={form.close} />}
      {channels.length === 0 && !isFormOpen && <Text size="sm">News goes nowhere else yet.</Text>}
      {channels.map((channel) => (
        <ChannelSection key={channel.id} channel={channel} />
      ))}
    </Stack>
  );
}

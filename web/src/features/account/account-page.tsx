import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useOwnAccount } from '../../api/account.ts';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { Section } from '../../ui/text/section.tsx';
import { DeleteAccount } from './delete-account.tsx';
import { DownloadData } from './download-data.tsx';

/** `/account`: what is kept of a person, as a file, and deleting all of it. */
export function AccountPage() {
  useDocumentTitle('Account · IBKR Gateway');
  const { data: account, error, refetch } = useOwnAccount();
  if (account === undefined) {
    return error === null ? <PageSkeleton /> : <FailedPage title="Account" error={error} onRetry={refetch} />;
  }
  return (
    <Stack gap="lg">
      <Title order={1}>Account</Title>
      <Text style={{ overflowWrap: 'anywhere' }}>
        Signed in as {account.email}. <Link to="/help/privacy">What is kept about you, and for how long</Link>
      </Text>
      <Section title="Download my data">
        <DownloadData />
      </Section>
      <Section title="Delete my account">
        <DeleteAccount account={account} />
      </Section>
    </Stack>
  );
}

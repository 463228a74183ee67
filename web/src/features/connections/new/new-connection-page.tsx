import { Button, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useIsConfigPending, usePublicConfig } from '../../../api/config.ts';
import { useAddConnection } from '../../../api/connection-changes.ts';
import { hasSecrets, KIND_NAMES, KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { PageSkeleton } from '../../../ui/pages/page-skeleton.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { AddedConnectionNotice } from './added-connection.tsx';

/** `/connections/new`: which kind of connection to add. */
export function NewConnectionPage() {
  useDocumentTitle('Add a connection · IBKR Gateway');
  const add = useAddConnection();
  const signsInForPeople = usePublicConfig()?.managedSignIn ?? false;
  const offered = KIND_NAMES.filter((kind) => kind !== 'managed' || signsInForPeople);
  // A kind that is offered after all would push down those below it.
  if (useIsConfigPending()) return <PageSkeleton />;
  if (add.data !== undefined) return <AddedConnectionNotice added={add.data} />;
  return (
    <Stack gap="lg">
      <Title order={1}>Add a connection</Title>
      {add.error !== null && <FailureNotice error={add.error} />}
      {offered.map((kind) => (
        <Section key={kind} title={KINDS[kind].title}>
          <Stack gap="md" align="flex-start">
            <Text>{KINDS[kind].description}</Text>
            {hasSecrets(kind) ? (
              <Button component={Link} to={kind} variant="default">
                {KINDS[kind].action}
              </Button>
            ) : (
              <ActionButton loading={add.isPending} onClick={() => add.mutate({ kind })}>
                {KINDS[kind].action}
              </ActionButton>
            )}
          </Stack>
        </Section>
      ))}
    </Stack>
  );
}

import { Button, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useAddConnection } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { AddedConnectionNotice } from './added-connection.tsx';

/** `/connections/new`: which kind of connection to add. */
export function NewConnectionPage() {
  useDocumentTitle('Add a connection · IBKR Gateway');
  const add = useAddConnection();
  if (add.data !== undefined) return <AddedConnectionNotice added={add.data} />;
  return (
    <Stack gap="lg">
      <Title order={1}>Add a connection</Title>
      {add.error !== null && <FailureNotice error={add.error} />}
      <Kind
        title="Sandbox"
        action={
          <ActionButton loading={add.isPending} onClick={() => add.mutate({ kind: 'sandbox' })}>
            Add a sandbox
          </ActionButton>
        }
      >
        A simulated account with a million simulated dollars and a small portfolio. Ready at once, and nothing
        in it is real: to try out hosts, orders and limits.
      </Kind>
      <Kind
        title="IBKR OAuth"
        action={
          <Button component={Link} to="oauth" variant="default">
            Set up OAuth
          </Button>
        }
      >
        Straight to IBKR, with no program of yours that has to run and no daily login. You register key files
        in IBKR’s portal once; IBKR takes from a day to two weeks to activate them. Needs an IBKR Pro account.
      </Kind>
      <Kind
        title="Client Portal Gateway"
        action={
          <Button component={Link} to="gateway" variant="default">
            Set up a gateway
          </Button>
        }
      >
        IBKR’s own gateway program, which you run and log in to, usually every day. Works with any account
        that has API access, at once.
      </Kind>
    </Stack>
  );
}

function Kind({ title, action, children }: { title: string; action: ReactNode; children: ReactNode }) {
  return (
    <Section title={title}>
      <Stack gap="md" align="flex-start">
        <Text>{children}</Text>
        {action}
      </Stack>
    </Section>
  );
}

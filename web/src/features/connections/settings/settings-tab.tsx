import { Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { hasSecrets } from '../../../ui/connection-kinds/kinds.ts';
import { useShownConnection } from '../../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../../ui/text/section.tsx';
import { ConnectionTest } from '../session/connection-test.tsx';
import { CurrentAccount } from './current-account.tsx';
import { DeleteConnection } from './delete-connection.tsx';
import { IdentityForm } from './identity-form.tsx';
import { ReplaceSecrets } from './replace-secrets.tsx';

/** What a connection is called, how it signs in, and the end of it. */
export function SettingsTab() {
  const connection = useShownConnection();
  const { kind } = connection;
  useDocumentTitle(`Settings · ${connection.label} · IBKR Gateway`);
  return (
    <Stack gap="md">
      <IdentityForm connection={connection} />
      <CurrentAccount connection={connection} />
      <Section title="Test">
        <Text size="sm" c="dimmed" mb="sm">
          Signs in to IBKR and reads the accounts. It changes nothing.
        </Text>
        <ConnectionTest connection={connection} />
      </Section>
      {hasSecrets(kind) && <ReplaceSecrets connection={connection} kind={kind} />}
      <DeleteConnection connection={connection} />
    </Stack>
  );
}

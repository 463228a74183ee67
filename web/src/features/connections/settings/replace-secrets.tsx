import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useChangeConnection } from '../../../api/connection-changes.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import type { EnteredSecrets } from '../../../ui/connection-kinds/secrets-form.tsx';
import { CancelButton, EntryForm } from '../../../ui/forms/entry-form.tsx';
import { useOpener } from '../../../ui/forms/use-opener.ts';
import { Notice } from '../../../ui/notices/notice.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { GatewayAddress } from '../session/gateway-address.tsx';

/** Of its fields, about, until they are loaded. */
const FORM_HEIGHT = 240;

interface ReplaceSecretsProps {
  connection: Connection;
  kind: KindWithSecrets;
}

/** Enters anew what the connection signs in with; what was there before is shown to nobody. */
export function ReplaceSecrets({ connection, kind }: ReplaceSecretsProps) {
  const [isOpen, form] = useDisclosure();
  const [isSaved, saved] = useDisclosure();
  const done = () => {
    saved.open();
    form.close();
  };
  const opener = useOpener(isOpen);
  const { secretsTitle, Form } = KINDS[kind].login;
  return (
    <Section title={secretsTitle}>
      <Stack gap="md" align="stretch">
        <Text size="sm" c="dimmed">
          Kept sealed and shown to nobody, you included{kind === 'gateway' && ', but for the address'}. To
          change something else, enter all of it again.
        </Text>
        {kind === 'gateway' && !isOpen && (
          <GatewayAddress connectionId={connection.id} onChanged={saved.open} />
        )}
        {isSaved && <Notice tone="good" role="status" title="Replaced: test the connection above" />}
        {isOpen ? (
          <Suspense fallback={<Skeleton h={FORM_HEIGHT} />}>
            <Form>
              {(entered) => (
                <Replacement connection={connection} entered={entered} onDone={done} onCancel={form.close} />
              )}
            </Form>
          </Suspense>
        ) : (
          <Group>
            <Button ref={opener} variant="default" onClick={form.open}>
              Replace
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

interface ReplacementProps {
  connection: Connection;
  entered: EnteredSecrets;
  onDone: () => void;
  onCancel: () => void;
}

function Replacement({ connection, entered, onDone, onCancel }: ReplacementProps) {
  const change = useChangeConnection(connection.id);
  const save = () =>
    change.mutate(
      { version: connection.version, secrets: entered.secrets() },
      {
        onSuccess: onDone,
        onError: (error) => entered.setErrors(fieldErrors(error)),
      },
    );
  return (
    <EntryForm
      takesFocus
      isTyped={entered.isTyped}
      isFaulty={entered.isFaulty}
      onSend={save}
      sending={change}
      action="Replace"
      wayOut={<CancelButton onClick={onCancel} />}
    >
      {entered.fields}
    </EntryForm>
  );
}

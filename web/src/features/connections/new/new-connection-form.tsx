import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Button, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useAddConnection } from '../../../api/connection-changes.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import type { EnteredSecrets } from '../../../ui/connection-kinds/secrets-form.tsx';
import { EntryForm } from '../../../ui/forms/entry-form.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { ModeChoice } from '../settings/mode-choice.tsx';
import { AddedConnectionNotice } from './added-connection.tsx';

interface Identity {
  label: string;
  mode: Connection['mode'];
}

interface NewConnectionFormProps {
  kind: KindWithSecrets;
  entered: EnteredSecrets;
}

/** Adds a connection: what it signs in with, its name and mode, and afterwards its key. */
export function NewConnectionForm({ kind, entered }: NewConnectionFormProps) {
  const { title, suggestedLabel, lastStep } = KINDS[kind].login;
  useDocumentTitle(`${title} · IBKR Gateway`);
  const add = useAddConnection();
  const identity = useForm<Identity>({
    initialValues: { label: suggestedLabel, mode: 'paper' },
    validate: { label: (label) => (label.trim() === '' ? 'Give it a name.' : null) },
  });
  if (add.data !== undefined) return <AddedConnectionNotice added={add.data} />;

  // Both mark their fields.
  const isFaulty = () => [entered.isFaulty(), identity.validate().hasErrors].includes(true);
  const save = () =>
    add.mutate(
      { kind, ...identity.values, ...entered.secrets() },
      {
        onError: (error) => {
          identity.setErrors(fieldErrors(error));
          entered.setErrors(fieldErrors(error));
        },
      },
    );
  return (
    <EntryForm
      isTyped={entered.isTyped || identity.isDirty()}
      isFaulty={isFaulty}
      onSend={save}
      sending={add}
      action="Add and test"
      wayOut={
        <Button component={Link} to="/connections/new" variant="default">
          Back
        </Button>
      }
    >
      <Title order={1}>{title}</Title>
      {entered.fields}
      <Section title={lastStep}>
        <Stack gap="lg">
          <TextInput
            label="Name"
            description="What you know it by, here and where you connect a host."
            maxLength={MOST_LABEL_CHARACTERS}
            {...identity.getInputProps('label')}
          />
          <ModeChoice
            value={identity.values.mode}
            onChange={(mode) => identity.setFieldValue('mode', mode)}
            error={identity.errors.mode}
          />
        </Stack>
      </Section>
    </EntryForm>
  );
}

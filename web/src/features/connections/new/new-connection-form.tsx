import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import type { FormEvent } from 'react';
import { Link } from 'react-router';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useAddConnection } from '../../../api/connection-changes.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import type { EnteredSecrets } from '../../../ui/connection-kinds/secrets-form.tsx';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { focusFirstFault } from '../../../ui/forms/first-fault.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { UnsavedChanges } from '../../../ui/forms/unsaved-changes.tsx';
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

/** Adds a connection: what it signs in with, its name and mode, and afterwards its key. Bad input loses nothing. */
export function NewConnectionForm({ kind, entered }: NewConnectionFormProps) {
  const { title, suggestedLabel, lastStep } = KINDS[kind].login;
  useDocumentTitle(`${title} · IBKR Gateway`);
  const add = useAddConnection();
  const identity = useForm<Identity>({
    initialValues: { label: suggestedLabel, mode: 'paper' },
    validate: { label: (label) => (label.trim() === '' ? 'Give it a name.' : null) },
  });
  if (add.data !== undefined) return <AddedConnectionNotice added={add.data} />;

  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const faulty = [entered.isFaulty(), identity.validate().hasErrors];
    if (faulty.includes(true)) return focusFirstFault(event.currentTarget);
    add.mutate(
      { kind, ...identity.values, ...entered.secrets() },
      {
        onError: (error) => {
          identity.setErrors(fieldErrors(error));
          entered.setErrors(fieldErrors(error));
        },
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="lg">
        <Title order={1}>{title}</Title>
        {(entered.isTyped || identity.isDirty()) && !add.isPending && <UnsavedChanges />}
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
        <FormFailure error={add.error} />
        <Group gap="sm">
          <ActionButton type="submit" loading={add.isPending}>
            Add and test
          </ActionButton>
          <Button component={Link} to="/connections/new" variant="default">
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

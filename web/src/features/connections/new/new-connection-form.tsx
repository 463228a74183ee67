import type { Connection, NewConnection } from '@ibkr-gateway/functions/contract/connection';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import type { FormEvent, ReactNode } from 'react';
import { Link } from 'react-router';
import { useAddConnection } from '../../../api/connection-changes.ts';
import { fieldErrors } from '../../../api/field-errors.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { focusFirstFault } from '../../../ui/forms/first-fault.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { ModeChoice } from '../secrets/mode-choice.tsx';
import { AddedConnectionNotice } from './added-connection.tsx';

interface Identity {
  label: string;
  mode: Connection['mode'];
}

interface NewConnectionFormProps<Values> {
  title: string;
  /** The form of what the connection signs in with; `children` are its fields. */
  form: UseFormReturnType<Values>;
  /** What is sent when it is filled in. */
  connectionOf: (values: Values, identity: Identity) => NewConnection;
  suggestedLabel: string;
  /** Of the part for name and account. */
  lastStep: string;
  children: ReactNode;
}

/** Adds a connection: what it signs in with, its name and mode, and afterwards its key. Bad input loses nothing. */
export function NewConnectionForm<Values extends object>({
  title,
  form,
  connectionOf,
  suggestedLabel,
  lastStep,
  children,
}: NewConnectionFormProps<Values>) {
  useDocumentTitle(`${title} · IBKR Gateway`);
  const add = useAddConnection();
  const identity = useForm<Identity>({
    initialValues: { label: suggestedLabel, mode: 'paper' },
    validate: { label: (label) => (label.trim() === '' ? 'Give it a name.' : null) },
  });
  if (add.data !== undefined) return <AddedConnectionNotice added={add.data} />;

  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const isFaulty = [form.validate(), identity.validate()].some(({ hasErrors }) => hasErrors);
    if (isFaulty) return focusFirstFault(event.currentTarget);
    add.mutate(connectionOf(form.values, identity.values), {
      onError: (error) => {
        identity.setErrors(fieldErrors(error));
        form.setErrors(fieldErrors(error));
      },
    });
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="lg">
        <Title order={1}>{title}</Title>
        {children}
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

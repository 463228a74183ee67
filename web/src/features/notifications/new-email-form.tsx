import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { FormEvent } from 'react';
import type { useNewChannel } from '../../api/channels.ts';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { focusFirstFault } from '../../ui/forms/first-fault.ts';
import { FormFailure } from '../../ui/forms/form-failure.tsx';
import { Section } from '../../ui/text/section.tsx';
import { ChannelFields } from './channel-fields.tsx';
import { channelFaults, channelSettings, channelValues } from './channel-values.ts';

interface NewEmailFormProps {
  added: ReturnType<typeof useNewChannel>;
  onClose: () => void;
}

export function NewEmailForm({ added, onClose }: NewEmailFormProps) {
  const form = useForm({
    initialValues: { ...channelValues(), label: 'Mail', address: '' },
    validate: {
      ...channelFaults,
      address: (text) => (/^\S+@\S+$/.test(text.trim()) ? null : 'Enter an address such as me@example.com.'),
    },
  });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    added.mutate(
      { kind: 'email', ...channelSettings(form.values), address: form.values.address.trim() },
      { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  };
  return (
    <Section title="News by mail">
      <form onSubmit={save} noValidate>
        <Stack gap="lg">
          <ChannelFields form={form}>
            <TextInput
              label="Address"
              description="It is asked by mail first whether news may come there. Mails say that something happened, and not what."
              type="email"
              autoComplete="email"
              {...form.getInputProps('address')}
            />
          </ChannelFields>
          <FormFailure error={added.error} />
          <Group gap="sm">
            <ActionButton type="submit" loading={added.isPending}>
              Add the address
            </ActionButton>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

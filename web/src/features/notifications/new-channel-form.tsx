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

interface NewChannelFormProps {
  added: ReturnType<typeof useNewChannel>;
  onClose: () => void;
}

export function NewChannelForm({ added, onClose }: NewChannelFormProps) {
  const form = useForm({
    initialValues: { ...channelValues(), url: '' },
    validate: {
      ...channelFaults,
      url: (text) => (text.trim() === '' ? 'Enter the address that it listens at.' : null),
    },
  });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    added.mutate(
      { kind: 'webhook', ...channelSettings(form.values), url: form.values.url.trim() },
      { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  };
  return (
    <Section title="New webhook">
      <form onSubmit={save} noValidate>
        <Stack gap="lg">
          <ChannelFields form={form}>
            <TextInput
              label="Address"
              description="An https:// address in the public Internet that takes POST requests with JSON."
              type="url"
              inputMode="url"
              placeholder="https://example.com/news"
              {...form.getInputProps('url')}
            />
          </ChannelFields>
          <FormFailure error={added.error} />
          <Group gap="sm">
            <ActionButton type="submit" loading={added.isPending}>
              Add the webhook
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

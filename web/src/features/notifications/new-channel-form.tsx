import type { NewsType } from '@ibkr-gateway/functions/contract/news';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type FormEvent, useEffect, useRef } from 'react';
import type { useNewChannel } from '../../api/channels.ts';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { useConnections } from '../../api/connections.ts';
import { NEWS_TYPE_WORDS } from '../../format/news-types.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { focusFirstFault } from '../../ui/forms/first-fault.ts';
import { FormFailure } from '../../ui/forms/form-failure.tsx';
import { Section } from '../../ui/text/section.tsx';

const ALL_TYPES = Object.keys(NEWS_TYPE_WORDS) as NewsType[];
const ALL_CONNECTIONS = '';

interface NewChannelFormProps {
  added: ReturnType<typeof useNewChannel>;
  onClose: () => void;
}

export function NewChannelForm({ added, onClose }: NewChannelFormProps) {
  const connections = useConnections().data ?? [];
  const form = useForm({
    initialValues: { label: '', url: '', connectionId: ALL_CONNECTIONS, types: ALL_TYPES as string[] },
    validate: {
      label: (text) => (text.trim() === '' ? 'Name the program that is told.' : null),
      url: (text) => (text.trim() === '' ? 'Enter the address that it listens at.' : null),
      types: (types) => (types.length === 0 ? 'Choose what it is told of.' : null),
    },
  });
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    const { label, url, connectionId, types } = form.values;
    added.mutate(
      {
        kind: 'webhook',
        label,
        url: url.trim(),
        connectionId: connectionId === ALL_CONNECTIONS ? null : connectionId,
        // All means those of tomorrow, too.
        types: types.length === ALL_TYPES.length ? null : ALL_TYPES.filter((type) => types.includes(type)),
      },
      { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  };
  return (
    <Section title="New webhook">
      <form onSubmit={save} noValidate>
        <Stack gap="lg">
          <TextInput
            label="Name"
            description="What you will know it by, such as the program that is told."
            maxLength={MOST_LABEL_CHARACTERS}
            ref={name}
            {...form.getInputProps('label')}
          />
          <TextInput
            label="Address"
            description="An https:// address in the public Internet that takes POST requests with JSON."
            type="url"
            inputMode="url"
            placeholder="https://example.com/news"
            {...form.getInputProps('url')}
          />
          <Select
            label="Connection"
            data={[
              { value: ALL_CONNECTIONS, label: 'All connections' },
              ...connections.map(({ id, label }) => ({ value: id, label })),
            ]}
            allowDeselect={false}
            {...form.getInputProps('connectionId')}
          />
          <Checkbox.Group label="It is told when" {...form.getInputProps('types')}>
            <Stack gap="xs" mt="xs">
              {ALL_TYPES.map((type) => (
                <Checkbox key={type} value={type} label={NEWS_TYPE_WORDS[type]} />
              ))}
            </Stack>
          </Checkbox.Group>
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

import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { fieldErrors } from '../../api/client/field-errors.ts';
import type { useNewChannel } from '../../api/notifications/channels.ts';
import { CancelButton, EntryForm } from '../../ui/forms/entry-form.tsx';
import { Section } from '../../ui/text/section.tsx';
import { ChannelFields } from './channel-fields.tsx';
import { channelFaults, channelSettings, channelValues } from './channel-values.ts';

/** What differs between the kinds that are entered. */
const KINDS = {
  webhook: {
    title: 'New webhook',
    label: '',
    field: 'url',
    input: {
      description: 'An https:// address in the public Internet that takes POST requests with JSON.',
      type: 'url',
      inputMode: 'url',
      placeholder: 'https://example.com/news',
    },
    isPlace: (text: string) => text !== '',
    fault: 'Enter the address that it listens at.',
    button: 'Add the webhook',
  },
  email: {
    title: 'News by email',
    label: 'Email',
    field: 'address',
    input: {
      description:
        'An email with a link asks first whether news may be sent there. Later ones say that something happened, but not what.',
      type: 'email',
      autoComplete: 'email',
    },
    isPlace: (text: string) => /^\S+@\S+$/.test(text),
    fault: 'Enter an address such as me@example.com.',
    button: 'Add the address',
  },
} as const;

export type EnteredKind = keyof typeof KINDS;

interface NewChannelFormProps {
  kind: EnteredKind;
  added: ReturnType<typeof useNewChannel>;
  onClose: () => void;
}

export function NewChannelForm({ kind, added, onClose }: NewChannelFormProps) {
  const { title, label, field, input, isPlace, fault, button } = KINDS[kind];
  const form = useForm({
    initialValues: { ...channelValues(), label, url: '', address: '' },
    validate: { ...channelFaults, [field]: (text: string) => (isPlace(text.trim()) ? null : fault) },
  });
  const save = () => {
    const settings = channelSettings(form.values);
    const place = form.values[field].trim();
    added.mutate(
      kind === 'webhook' ? { kind, ...settings, url: place } : { kind, ...settings, address: place },
      { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  };
  return (
    <Section title={title}>
      <EntryForm
        isTyped={form.isDirty()}
        isFaulty={() => form.validate().hasErrors}
        onSend={save}
        sending={added}
        action={button}
        wayOut={<CancelButton onClick={onClose} />}
      >
        <ChannelFields form={form}>
          <TextInput label="Address" {...input} {...form.getInputProps(field)} />
        </ChannelFields>
      </EntryForm>
    </Section>
  );
}

import type { Channel } from '@ibkr-gateway/functions/contract/news/channels';
import { Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import type { useChannelActs } from '../../api/notifications/channels.ts';
import { focusFirstFault } from '../../ui/forms/first-fault.ts';
import { FormFailure } from '../../ui/forms/form-failure.tsx';
import { SaveRow } from '../../ui/forms/save-row.tsx';
import { ChannelFields } from './channel-fields.tsx';
import { channelFaults, channelSettings, channelValues } from './channel-values.ts';

interface EditChannelFormProps {
  channel: Channel;
  change: ReturnType<typeof useChannelActs>['change'];
}

/** What a channel is told of and when, to be changed. */
export function EditChannelForm({ channel, change }: EditChannelFormProps) {
  const form = useForm({
    initialValues: {
      ...channelValues(channel),
      url: channel.url ?? '',
      showsDetails: channel.showsDetails ?? false,
    },
    validate: {
      ...channelFaults,
      url: (text) =>
        channel.url !== null && text.trim() === '' ? 'Enter the address that it listens at.' : null,
    },
  });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    const url = form.isDirty('url') ? { url: form.values.url.trim() } : {};
    const { showsDetails } = form.values;
    const details = form.isDirty('showsDetails') ? { showsDetails } : {};
    change.mutate(
      { version: channel.version, ...channelSettings(form.values), ...url, ...details },
      {
        onSuccess: () => form.resetDirty(),
        onError: (error) => form.setErrors(fieldErrors(error)),
      },
    );
  };
  return (
    <form onSubmit={save} noValidate aria-label={`Edit ${channel.label}`}>
      <Stack gap="lg">
        <ChannelFields form={form}>
          {channel.url !== null && (
            <TextInput label="Address" type="url" inputMode="url" {...form.getInputProps('url')} />
          )}
          {channel.showsDetails !== null && (
            <Switch
              label="Say what happened"
              description="Whoever sees this device reads it, too. Without it only that something happened is shown."
              {...form.getInputProps('showsDetails', { type: 'checkbox' })}
            />
          )}
        </ChannelFields>
        <FormFailure error={change.error} />
        <SaveRow isDirty={form.isDirty()} change={change}>
          Save
        </SaveRow>
      </Stack>
    </form>
  );
}

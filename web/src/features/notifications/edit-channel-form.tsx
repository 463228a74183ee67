import type { Channel } from '@ibkr-gateway/functions/contract/news/channels';
import { Stack, Switch, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { useConnections } from '../../api/connections.ts';
import type { useChannelActs } from '../../api/notifications/channels.ts';
import { focusFirstFault } from '../../ui/forms/first-fault.ts';
import { useFollowedForm } from '../../ui/forms/followed-form.ts';
import { FormFailure } from '../../ui/forms/form-failure.tsx';
import { SaveRow } from '../../ui/forms/save-row.tsx';
import { channelChanges } from './channel-changes.ts';
import { ChannelFields } from './channel-fields.tsx';
import { channelFaults, channelSettings, channelValues } from './channel-values.ts';

interface EditChannelFormProps {
  channel: Channel;
  change: ReturnType<typeof useChannelActs>['change'];
}

/** What a channel is told of and when, to be changed. */
export function EditChannelForm({ channel, change }: EditChannelFormProps) {
  const connections = useConnections().data ?? [];
  const stored = {
    ...channelValues(channel),
    url: channel.url ?? '',
    showsDetails: channel.showsDetails ?? false,
  };
  const { form, changes, seen, sending, saved, looked } = useFollowedForm(stored, {
    validate: {
      ...channelFaults,
      url: (text) =>
        channel.url !== null && text.trim() === '' ? 'Enter the address that it listens at.' : null,
    },
    isPending: change.isPending,
  });
  const { hasQuietHours } = form.values;
  // When they would be is not saved while there are none.
  const isChanged = Object.keys(changes).some((name) => name !== 'quietHours' || hasQuietHours);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    const { label, connectionId, types, quietHours } = channelSettings(form.values);
    const { url, showsDetails } = changes;
    sending();
    change.mutate(
      {
        version: channel.version,
        ...('label' in changes && { label }),
        ...('connectionId' in changes && { connectionId }),
        ...('types' in changes && { types }),
        ...(('hasQuietHours' in changes || 'quietHours' in changes) && { quietHours }),
        ...(url !== undefined && { url: url.trim() }),
        ...(showsDetails !== undefined && { showsDetails }),
      },
      {
        onSuccess: saved,
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
        <SaveRow
          isDirty={isChanged}
          elsewhere={channelChanges(seen, stored, (id) => connections.find((one) => one.id === id)?.label)}
          onLooked={looked}
          change={change}
        >
          Save
        </SaveRow>
      </Stack>
    </form>
  );
}

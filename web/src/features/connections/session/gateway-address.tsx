import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useEffect, useRef } from 'react';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useChangeConnection, useGatewayAddress } from '../../../api/connection-changes.ts';
import { useConnection } from '../../../api/connections.ts';
import { settingChange } from '../../../format/words/setting-words.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { ChangedElsewhere } from '../../../ui/forms/changed-elsewhere.tsx';
import { useFollowedForm } from '../../../ui/forms/followed-form.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { UnsavedChanges } from '../../../ui/forms/unsaved-changes.tsx';
import { useOpener } from '../../../ui/forms/use-opener.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';

interface GatewayAddressProps {
  connectionId: string;
  /** Called when it was changed. */
  onChanged: () => void;
}

/** Where the gateway of a connection is, to be corrected in place: headers and certificate stay. */
export function GatewayAddress({ connectionId, onChanged }: GatewayAddressProps) {
  const { data, error, refetch } = useGatewayAddress(connectionId);
  const [isOpen, { open, close }] = useDisclosure();
  const opener = useOpener(isOpen);
  if (data === undefined) {
    return error === null ? <Skeleton h={36} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  if (!isOpen) {
    return (
      <Group gap="sm">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Its address: <b>{data}</b>
        </Text>
        <Button ref={opener} size="xs" variant="default" onClick={open}>
          Change the address
        </Button>
      </Group>
    );
  }
  const changed = () => {
    close();
    onChanged();
  };
  return <AddressForm connectionId={connectionId} address={data} onChanged={changed} onClose={close} />;
}

interface AddressFormProps extends GatewayAddressProps {
  /** As it is saved. */
  address: string;
  onClose: () => void;
}

function AddressForm({ connectionId, address, onChanged, onClose }: AddressFormProps) {
  const version = useConnection(connectionId).data?.version;
  const change = useChangeConnection(connectionId);
  const { form, isChanged, seen, sending, saved, looked } = useFollowedForm(
    { address },
    { isPending: change.isPending },
  );
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    sending();
    const typed = form.values.address.trim();
    change.mutate(
      { ...(version !== undefined && { version }), address: typed },
      {
        onSuccess: () => {
          saved();
          onChanged();
        },
      },
    );
  };
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { url, address: fault = url } = fieldErrors(change.error);
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        {isChanged && !change.isPending && <UnsavedChanges />}
        <TextInput
          label="Address of the gateway"
          description="What else it is reached with, such as a secret header, stays."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('address')}
          error={fault}
          ref={field}
        />
        <ChangedElsewhere
          changes={settingChange('Address', seen.address, address)}
          isChangedHere={isChanged}
          onLooked={looked}
        />
        <FormFailure error={change.error} />
        <Group gap="sm">
          <ActionButton type="submit" size="xs" loading={change.isPending}>
            Save and test
          </ActionButton>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

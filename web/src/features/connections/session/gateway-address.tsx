import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useChangeConnection, useGatewayAddress } from '../../../api/connection-changes.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';

interface GatewayAddressProps {
  connection: Pick<Connection, 'id' | 'version'>;
  /** Called when it was changed. */
  onChanged: () => void;
}

/** Where the gateway of a connection is, to be corrected in place: headers and certificate stay. */
export function GatewayAddress({ connection, onChanged }: GatewayAddressProps) {
  const { id } = connection;
  const { data, error, refetch } = useGatewayAddress(id);
  const change = useChangeConnection(id);
  const [typed, setTyped] = useState<string>();
  if (data === undefined) {
    return error === null ? <Skeleton h={36} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  if (typed === undefined) {
    return (
      <Group gap="sm">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Its address: <b>{data}</b>
        </Text>
        <Button size="xs" variant="default" onClick={() => setTyped(data)}>
          Change the address
        </Button>
      </Group>
    );
  }
  const close = () => {
    change.reset();
    setTyped(undefined);
  };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(
      { address: typed.trim() },
      {
        onSuccess: () => {
          close();
          onChanged();
        },
      },
    );
  };
  const { url, address } = fieldErrors(change.error);
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Address of the gateway"
          description="What else it is reached with, such as a secret header, stays."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          error={address ?? url}
          data-autofocus
        />
        <FormFailure error={change.error} />
        <Group gap="sm">
          <ActionButton type="submit" size="xs" loading={change.isPending}>
            Save and test
          </ActionButton>
          <Button size="xs" variant="default" onClick={close}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import type { Scope } from '@ibkr-gateway/functions/contract/rules/scope';
import { Radio, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useRef } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import type { useNewKey } from '../../api/keys.ts';
import { CancelButton, EntryForm } from '../../ui/forms/entry-form.tsx';
import { Section } from '../../ui/text/section.tsx';
import { AddressesField, addressErrors } from './addresses-field.tsx';
import { endOf, isToCome, LIFETIMES } from './key-lifetime.ts';

interface NewKeyFormProps {
  mint: ReturnType<typeof useNewKey>;
  onClose: () => void;
}

export function NewKeyForm({ mint, onClose }: NewKeyFormProps) {
  const form = useForm({
    initialValues: {
      label: '',
      scope: 'read' as Scope,
      lifetime: '90',
      expiresOn: '',
      allowedIps: [] as string[],
    },
    validate: {
      label: (label) => (label.trim() === '' ? 'Name the program that will use it.' : null),
      expiresOn: (date, { lifetime }) =>
        lifetime !== 'date' || isToCome(date) ? null : 'Choose a time that is still to come.',
    },
  });
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  const save = () => {
    const { label, scope, lifetime, expiresOn, allowedIps } = form.values;
    mint.mutate(
      {
        label,
        scope,
        allowedIps,
        ...(lifetime !== 'none' && { expiresAt: endOf(lifetime, expiresOn).toISOString() }),
      },
      {
        onSuccess: onClose,
        onError: (error) => form.setErrors(addressErrors(fieldErrors(error))),
      },
    );
  };
  return (
    <Section title="New key">
      <EntryForm
        isTyped={form.isDirty()}
        isFaulty={() => form.validate().hasErrors}
        onSend={save}
        sending={mint}
        action="Make the key"
        wayOut={<CancelButton onClick={onClose} />}
      >
        <TextInput
          label="Name"
          description="What you will know it by, such as the program that uses it."
          maxLength={MOST_LABEL_CHARACTERS}
          ref={name}
          {...form.getInputProps('label')}
        />
        <Radio.Group label="What may it do?" {...form.getInputProps('scope')}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="read"
              label="Read-only"
              description="Sees balances, positions, orders and market data."
            />
            <Radio
              value="write"
              label="Read & write"
              description="Also places, changes and cancels orders, within the limits of the connection."
            />
          </Stack>
        </Radio.Group>
        <Select
          label="Expiry"
          description="After that it is refused. A key that ends by itself is one less to forget."
          data={LIFETIMES}
          allowDeselect={false}
          {...form.getInputProps('lifetime')}
        />
        {form.values.lifetime === 'date' && (
          <TextInput
            type="datetime-local"
            label="Expires"
            description="In your time zone."
            {...form.getInputProps('expiresOn')}
          />
        )}
        <AddressesField {...form.getInputProps('allowedIps')} />
      </EntryForm>
    </Section>
  );
}

import type { ApiKey } from '@ibkr-gateway/functions/contract/access/api-key';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { useChangeKey } from '../../api/keys.ts';
import { quoted, settingChange } from '../../format/words/setting-words.ts';
import { focusFirstFault } from '../../ui/forms/first-fault.ts';
import { useFollowedForm } from '../../ui/forms/followed-form.ts';
import { FormFailure } from '../../ui/forms/form-failure.tsx';
import { SaveRow } from '../../ui/forms/save-row.tsx';
import { AppRulesForm } from '../../ui/rules/app-rules-form.tsx';
import { useBaseCurrency } from '../../ui/shown-connection/base-currency.ts';
import { AddressesField, addressErrors } from './addresses-field.tsx';

/** What may be changed of a key: its name, where it is used from, and what it may do. */
export function KeyDetails({ apiKey }: { apiKey: ApiKey }) {
  const { connectionId, id, limits, approval, version } = apiKey;
  const rules = useChangeKey(connectionId, id);
  const currency = useBaseCurrency();
  return (
    <Stack gap="xl">
      <IdentityForm apiKey={apiKey} />
      {apiKey.scope === 'write' && (
        <AppRulesForm
          rules={{ limits, approval, version }}
          currency={currency}
          save={rules.mutate}
          isPending={rules.isPending}
          error={rules.error}
        />
      )}
    </Stack>
  );
}

function IdentityForm({ apiKey }: { apiKey: ApiKey }) {
  const { connectionId, id, label, allowedIps, version } = apiKey;
  const change = useChangeKey(connectionId, id);
  const stored = { label, allowedIps };
  const { form, changes, isChanged, seen, sending, saved, looked } = useFollowedForm(stored, {
    validate: { label: (text) => (text.trim() === '' ? 'Give it a name.' : null) },
    isPending: change.isPending,
  });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    sending();
    change.mutate(
      { version, ...changes },
      {
        onSuccess: saved,
        onError: (error) => form.setErrors(addressErrors(fieldErrors(error))),
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="lg">
        <TextInput label="Name" maxLength={MOST_LABEL_CHARACTERS} {...form.getInputProps('label')} />
        <AddressesField {...form.getInputProps('allowedIps')} />
        <FormFailure error={change.error} />
        <SaveRow isDirty={isChanged} elsewhere={changesOf(seen, stored)} onLooked={looked} change={change}>
          Save name and addresses
        </SaveRow>
      </Stack>
    </form>
  );
}

type Identity = Pick<ApiKey, 'label' | 'allowedIps'>;

function changesOf(before: Identity, after: Identity): string[] {
  const addresses = (ranges: string[]) => ranges.join(', ') || 'everywhere';
  return [
    ...settingChange('Name', quoted(before.label), quoted(after.label)),
    ...settingChange('Only from these addresses', addresses(before.allowedIps), addresses(after.allowedIps)),
  ];
}

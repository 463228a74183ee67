import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Accounts } from '@ibkr-gateway/functions/contract/tool-outputs/accounts';
import { NativeSelect, Stack, Text } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useChangeConnection } from '../../../api/connection-changes.ts';
import { useTool } from '../../../api/tools.ts';
import { maskedAccount } from '../../../format/numbers.ts';
import { settingChange } from '../../../format/words/setting-words.ts';
import { useFollowedForm } from '../../../ui/forms/followed-form.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { SaveRow } from '../../../ui/forms/save-row.tsx';
import { accountOptions } from '../../../ui/shown-connection/account-options.ts';
import { Section } from '../../../ui/text/section.tsx';

/** The value of the option that chooses no account. */
const NONE = '';

/** Which account calls mean that name none: to choose, when the login has several. */
export function CurrentAccount({ connection }: { connection: Connection }) {
  const { data } = useTool(connection.id, 'get_accounts', {});
  const chosen = connection.currentAccountId;
  if (data === undefined) return null;
  const isGone = chosen !== null && !data.accounts.some(({ account_id }) => account_id === chosen);
  if (data.accounts.length < 2 && !isGone) return null;
  return <AccountForm connection={connection} accounts={data.accounts} isGone={isGone} />;
}

interface AccountFormProps {
  connection: Connection;
  accounts: Accounts['accounts'];
  /** The login does not have the chosen account any more. */
  isGone: boolean;
}

function AccountForm({ connection, accounts, isGone }: AccountFormProps) {
  const { id, currentAccountId, version } = connection;
  const stored = currentAccountId ?? NONE;
  const change = useChangeConnection(id);
  const { form, isChanged, seen, sending, saved, looked } = useFollowedForm(
    { chosen: stored },
    { isPending: change.isPending },
  );
  const save = (event: FormEvent) => {
    event.preventDefault();
    const { chosen } = form.values;
    sending();
    change.mutate({ version, currentAccountId: chosen === NONE ? null : chosen }, { onSuccess: saved });
  };
  const accountName = (accountId: string) => (accountId === NONE ? 'none' : maskedAccount(accountId));
  const ofLogin = accountOptions(accounts);
  const options = [
    { value: NONE, label: 'None: orders have to name theirs' },
    ...(isGone ? [{ value: stored, label: `${maskedAccount(stored)}, which the login has no more` }] : []),
    ...ofLogin,
  ];
  return (
    <Section title="Current account">
      <form onSubmit={save} noValidate>
        <Stack gap="lg">
          <NativeSelect
            label="Account of calls that name none"
            description="For every key and app of this connection. A model with read & write may choose another with set_current_account."
            {...form.getInputProps('chosen')}
            data={options}
            error={fieldErrors(change.error).currentAccountId}
          />
          {stored === NONE && (
            <Text size="sm" c="dimmed">
              None is chosen. Reads that name no account are about {ofLogin[0]?.label}, and orders that name
              none are refused.
            </Text>
          )}
          <FormFailure error={change.error} />
          <SaveRow
            isDirty={isChanged}
            elsewhere={settingChange('Current account', accountName(seen.chosen), accountName(stored))}
            onLooked={looked}
            change={change}
          >
            Save
          </SaveRow>
        </Stack>
      </form>
    </Section>
  );
}

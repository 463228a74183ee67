import { NativeSelect, Skeleton, Text } from '@mantine/core';
import { maskedAccount } from '../../format/numbers.ts';
import { accountOptions } from './account-options.ts';
import { useAccounts } from './accounts.ts';
import { useShownAccount, useShownConnection } from './shown-connection.ts';

/** Which account is looked at: to choose, when the login has several. */
export function AccountChoice() {
  const { id } = useShownConnection();
  const { accountId, chooseAccount } = useShownAccount();
  const { data, error } = useAccounts(id);
  if (data === undefined) return error === null ? <Skeleton h={30} w={160} /> : null;
  const shown = data.accounts.find(({ account_id, current }) =>
    accountId === undefined ? current : account_id === accountId,
  );
  if (data.accounts.length < 2) {
    // As high as what stood there before.
    return (
      shown && (
        <Text size="sm" lh="30px">
          Account {maskedAccount(shown.account_id)}
        </Text>
      )
    );
  }
  return (
    <NativeSelect
      size="xs"
      aria-label="Account"
      value={shown?.account_id}
      onChange={({ currentTarget }) => chooseAccount(currentTarget.value)}
      data={accountOptions(data.accounts)}
    />
  );
}

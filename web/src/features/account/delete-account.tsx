import type { OwnAccount } from '@ibkr-gateway/functions/contract/account';
import { Button, Checkbox, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useDeleteAccount } from '../../api/account.ts';
import { useSession } from '../../api/sign-in/session.tsx';
import { countWords } from '../../format/words/count-words.ts';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { Notice } from '../../ui/notices/notice.tsx';

/** Deletes an account, after saying what goes and what stays, with the address typed once more. */
export function DeleteAccount({ account }: { account: OwnAccount }) {
  const [isAsking, { open, close }] = useDisclosure();
  const [typed, setTyped] = useState('');
  const [ordersStay, setOrdersStay] = useState(false);
  const session = useSession();
  const navigate = useNavigate();
  const remove = useDeleteAccount(() => {
    navigate('/help/privacy#deleted');
    if (session.status === 'signed-in') session.signOut();
  });
  const working = account.connections.filter(({ openOrders }) => openOrders > 0);
  const isTyped = typed.trim().toLowerCase() === account.email.toLowerCase();
  return (
    <Stack gap="md">
      <Text size="sm">
        Every app and key stops working, trading stops, and all that is kept about you here is deleted:
        connections with what they sign in with, orders and activity. Nobody can bring it back. Your account
        at IBKR, its positions and its orders are not touched.
      </Text>
      {working.length > 0 && (
        <Notice tone="caution" title="Orders may be working at IBKR">
          <List size="sm">
            {working.map(({ id, label, openOrders }) => (
              <List.Item key={id}>
                <Link to={`/connections/${id}/orders`}>{label}</Link>: {countWords(openOrders, 'order')}
              </List.Item>
            ))}
          </List>
          <Text size="sm">
            To end them, press <i>Stop trading</i> there first. Otherwise they keep working at IBKR.
          </Text>
        </Notice>
      )}
      <Group>
        <Button variant="default" onClick={open}>
          Delete my account
        </Button>
      </Group>
      <Confirmation
        opened={isAsking}
        onClose={close}
        title="Delete your account?"
        yes="Delete everything"
        no="Keep it"
        onYes={() => remove.mutate({ email: typed, ordersStay })}
        isDestructive
        isDisabled={!isTyped || (working.length > 0 && !ordersStay)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          It cannot be brought back, and it cannot be stopped once it has begun.{' '}
          {account.connections.length > 0 &&
            `${countWords(account.connections.length, 'connection')} will go.`}
        </Text>
        {working.length > 0 && (
          <Checkbox
            label="I know that orders keep working at IBKR"
            checked={ordersStay}
            onChange={({ currentTarget }) => setOrdersStay(currentTarget.checked)}
          />
        )}
        <TextInput
          label={`Type ${account.email} to delete it.`}
          autoComplete="off"
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </Confirmation>
    </Stack>
  );
}

import type { Secrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { List, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { Section } from '../text/section.tsx';
import { checkedProps, useChecks } from './checks.ts';
import { enteredSecrets, type SecretsFormProps } from './secrets-form.tsx';

type ManagedValues = Record<keyof Secrets<'managed'>, string>;

/** What a person signs in to IBKR with, and what it means to leave that here. */
export function ManagedForm({ isNew = false, children }: SecretsFormProps) {
  const form = useForm<ManagedValues>({
    initialValues: { username: '', password: '', totpSecret: '', signInUrl: '' },
    validate: {
      username: (name) => (name.trim() === '' ? 'Enter the name that you sign in to IBKR with.' : null),
      password: (password) => (password === '' ? 'Enter the password of that user.' : null),
    },
  });
  const fields = (
    <Stack gap="lg">
      {isNew && <WhatIsStored />}
      <Section title="IBKR user">
        <Fields form={form} />
      </Section>
    </Stack>
  );
  return children(enteredSecrets(form, secretsOf, fields));
}

/** What is filled in, as the API takes it. */
function secretsOf({ username, password, totpSecret, signInUrl }: ManagedValues): Secrets<'managed'> {
  return {
    username: username.trim(),
    password,
    ...(totpSecret.trim() !== '' && { totpSecret: totpSecret.trim() }),
    ...(signInUrl.trim() !== '' && { signInUrl: signInUrl.trim() }),
  };
}

function WhatIsStored() {
  return (
    <Section title="Before you begin">
      <Stack gap="sm">
        <Text size="sm">
          This gateway signs in to IBKR as you do. Read this first, then decide whether you want that.
        </Text>
        <List size="sm" spacing="xs">
          <List.Item>
            Stored, sealed with AES-256-GCM: your user name, password and, if you enter it, the activation
            code of your authenticator app. They are never shown again and go with the connection.
          </List.Item>
          <List.Item>
            Whoever runs this gateway could read them, for it has the key. With password and activation code
            in one place, your two factors are one.
          </List.Item>
          <List.Item>
            IBKR’s agreement makes you responsible for keeping your user name, password and security devices
            to yourself, and for every trade that is entered with them.
          </List.Item>
          <List.Item>
            Better than your own user: a second user name with trading rights only. At IBKR, open Settings,
            Users & Access Rights, and add one. It cannot move money out, and does not fight with your TWS for
            the session.
          </List.Item>
          <List.Item>
            This has not been tried with IBKR’s own servers yet. Begin with a paper account.
          </List.Item>
        </List>
      </Stack>
    </Section>
  );
}

/** Checked while they are filled in. */
function Fields({ form }: { form: UseFormReturnType<ManagedValues> }) {
  const entered = Object.entries(secretsOf(form.values)).filter(([, value]) => value !== '');
  const check = useChecks('managed', Object.fromEntries(entered));
  return (
    <Stack gap="lg">
      <TextInput
        label="User name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...checkedProps(
          form,
          'username',
          check('username'),
          'Of IBKR. Paper accounts have one of their own.',
        )}
      />
      <PasswordInput
        label="Password"
        autoComplete="off"
        {...checkedProps(
          form,
          'password',
          check('password'),
          'If IBKR refuses it, it is not tried again before you change it here.',
        )}
      />
      <PasswordInput
        label="Activation code of your authenticator app (optional)"
        autoComplete="off"
        {...checkedProps(
          form,
          'totpSecret',
          check('totpSecret'),
          'The letters and digits under the QR code that IBKR shows when you add an authenticator app. Without it, you are asked for a code whenever IBKR wants one. Paper accounts usually need none.',
        )}
      />
      {isOwnMachine() && (
        <TextInput
          label="Address of the sign-in (optional)"
          placeholder="http://localhost:4290"
          autoComplete="off"
          {...checkedProps(
            form,
            'signInUrl',
            check('signInUrl'),
            'On your own machine only: where the simulator plays IBKR. A user of it is in .data/demo.json (managed). Left empty, it is IBKR.',
          )}
        />
      )}
    </Stack>
  );
}

function isOwnMachine(): boolean {
  return ['localhost', '127.0.0.1'].includes(window.location.hostname);
}

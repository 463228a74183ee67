import { Anchor, Code, List, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { type ComponentProps, useState } from 'react';
import { Section } from '../../text/section.tsx';
import { checkedProps, type FieldCheck, useChecks } from '../checks.ts';
import { KeyMaker } from './key-maker.tsx';
import { filledFields, type OAuthValues } from './oauth-values.ts';

const PORTAL = 'https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH&RL=1&ip2loc=US';

interface PartProps {
  form: UseFormReturnType<OAuthValues>;
  check: (field: string) => FieldCheck;
}

/** The way through IBKR's self-service portal in three steps, each field checked while it is filled in. */
export function OAuthFields({ form }: { form: UseFormReturnType<OAuthValues> }) {
  const check = useChecks('oauth', filledFields(form.values));
  return (
    <Stack gap="lg">
      <KeyFiles form={form} check={check} />
      <Registration form={form} check={check} />
      <Tokens form={form} check={check} />
    </Stack>
  );
}

function KeyFiles({ form, check }: PartProps) {
  const [source, setSource] = useState<'new' | 'own'>('new');
  return (
    <Section title="1. Keys">
      <Stack gap="md">
        <Text size="sm">
          IBKR knows this gateway by two RSA key pairs: one signs the login, with the other IBKR encrypts a
          secret. IBKR gets the public halves and a Diffie-Hellman file; the private halves stay here, sealed.
        </Text>
        <SegmentedControl
          aria-label="Where the keys come from"
          transitionDuration={0}
          value={source}
          onChange={(value) => setSource(value === 'own' ? 'own' : 'new')}
          data={[
            { value: 'new', label: 'Make them here' },
            { value: 'own', label: 'I have key files' },
          ]}
        />
        {source === 'new' ? <KeyMaker form={form} /> : <OwnKeys form={form} check={check} />}
      </Stack>
    </Section>
  );
}

function OwnKeys({ form, check }: PartProps) {
  return (
    <>
      <PemField
        label="Private signature key"
        placeholder="-----BEGIN PRIVATE KEY-----"
        {...checkedProps(
          form,
          'signatureKey',
          check('signatureKey'),
          'All of private_signature.pem, whose public half you uploaded as signing key.',
        )}
      />
      <PemField
        label="Private encryption key"
        placeholder="-----BEGIN PRIVATE KEY-----"
        {...checkedProps(
          form,
          'encryptionKey',
          check('encryptionKey'),
          'All of private_encryption.pem, whose public half you uploaded as encryption key.',
        )}
      />
      <PemField
        label="Diffie-Hellman parameters"
        placeholder="-----BEGIN DH PARAMETERS-----"
        {...checkedProps(
          form,
          'dhPrime',
          check('dhPrime'),
          'All of the dhparam.pem you uploaded, or only the hex digits of its prime.',
        )}
      />
    </>
  );
}

function PemField(props: ComponentProps<typeof Textarea>) {
  return (
    <Textarea
      autosize
      minRows={3}
      maxRows={6}
      autoComplete="off"
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      {...props}
    />
  );
}

function Registration({ form, check }: PartProps) {
  return (
    <Section title="2. In IBKR’s portal">
      <Stack gap="md">
        <List type="ordered" size="sm" spacing="xs">
          <List.Item>
            Open{' '}
            <Anchor href={PORTAL} target="_blank" rel="noreferrer" inherit underline="always">
              IBKR’s OAuth page
            </Anchor>{' '}
            and sign in as the user this connection is for. Paper and live users each have their own
            registration.
          </List.Item>
          <List.Item>Choose a consumer key of nine letters, enter it there and below, and save it.</List.Item>
          <List.Item>
            Upload <Code>public_signature.pem</Code> as signing key, <Code>public_encryption.pem</Code> as
            encryption key and <Code>dhparam.pem</Code> as Diffie-Hellman parameters.
          </List.Item>
          <List.Item>
            Generate the token and copy both values below: IBKR does not show them again. Then turn on OAuth
            access.
          </List.Item>
        </List>
        <TextInput
          label="Consumer key"
          placeholder="ABCDEFGHI"
          autoComplete="off"
          spellCheck={false}
          {...checkedProps(
            form,
            'consumerKey',
            check('consumerKey'),
            'The nine capital letters you chose in the portal.',
          )}
          onChange={({ currentTarget }) =>
            form.setFieldValue('consumerKey', currentTarget.value.toUpperCase())
          }
        />
      </Stack>
    </Section>
  );
}

function Tokens({ form, check }: PartProps) {
  return (
    <Section title="3. Token">
      <Stack gap="md">
        <TextInput
          label="Access token"
          autoComplete="off"
          spellCheck={false}
          {...checkedProps(
            form,
            'accessToken',
            check('accessToken'),
            'The shorter of the two values that the portal generated.',
          )}
        />
        <PemField
          label="Access token secret"
          {...checkedProps(
            form,
            'accessTokenSecret',
            check('accessTokenSecret'),
            'The longer of the two. It is encrypted: only the private encryption key from step 1 opens it.',
          )}
        />
        {isOwnMachine() && (
          <TextInput
            label="Simulator (optional)"
            placeholder="http://localhost:4290"
            {...checkedProps(
              form,
              'baseUrl',
              check('baseUrl'),
              'On your own machine only: the simulator that stands in for IBKR. Leave it empty to reach IBKR itself.',
            )}
          />
        )}
        <Text size="sm" c="dimmed">
          IBKR activates a new consumer key overnight at the earliest, at times only after two weeks. Until
          then the test says that IBKR does not know it; nothing is wrong with the keys then.
        </Text>
      </Stack>
    </Section>
  );
}

/** Only there can anything else stand in for IBKR. */
function isOwnMachine(): boolean {
  return ['localhost', '127.0.0.1'].includes(window.location.hostname);
}

import type { Secrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { Button, Fieldset, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { Section } from '../text/section.tsx';
import { checkedProps, useChecks } from './checks.ts';
import { enteredSecrets, type SecretsFormProps } from './secrets-form.tsx';

interface GatewayValues {
  url: string;
  headers: { key: string; name: string; value: string }[];
  ca: string;
}

/** How a Client Portal Gateway that somebody runs is reached. */
export function GatewayForm({ isNew = false, children }: SecretsFormProps) {
  const form = useForm<GatewayValues>({
    initialValues: { url: '', headers: [], ca: '' },
    validate: {
      url: (url) => (url.trim() === '' ? 'Enter the address of your gateway.' : null),
      headers: {
        name: (name, { headers }) =>
          headers.filter((other) => other.name.trim().toLowerCase() === name.trim().toLowerCase()).length > 1
            ? 'This name is there twice.'
            : null,
      },
    },
  });
  const fields = <Fields form={form} />;
  return children(
    enteredSecrets(form, secretsOf, isNew ? <WithPreparation>{fields}</WithPreparation> : fields),
  );
}

/** What is filled in, as the API takes it. */
function secretsOf({ url, headers, ca }: GatewayValues): Secrets<'gateway'> {
  const named = headers.filter(({ name }) => name.trim() !== '');
  return {
    url: url.trim(),
    ...(named.length > 0 && {
      headers: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value.trim()])),
    }),
    ...(ca.trim() !== '' && { ca }),
  };
}

function WithPreparation({ children }: { children: ReactNode }) {
  return (
    <>
      <Section title="Before you begin">
        <Stack gap="sm">
          <List type="ordered" size="sm" spacing="xs">
            <List.Item>
              Run IBKR’s Client Portal Gateway on your own machine and sign in there in a browser.
            </List.Item>
            <List.Item>
              Put a proxy with an HTTPS certificate and a secret header in front of it, and allow the proxy’s
              address under <b>ips.allow</b> in the gateway’s conf.yaml.
            </List.Item>
          </List>
          <Text size="sm" c="dimmed">
            The gateway asks you to sign in about once a day; the connection says so when it does.
          </Text>
        </Stack>
      </Section>
      <Section title="Gateway">{children}</Section>
    </>
  );
}

/** Checked while they are filled in. */
function Fields({ form }: { form: UseFormReturnType<GatewayValues> }) {
  const { url, ...others } = secretsOf(form.values);
  const check = useChecks('gateway', url === '' ? others : { url, ...others });
  return (
    <Stack gap="lg">
      <TextInput
        label="URL"
        placeholder="https://gateway.example.com:5000"
        autoComplete="off"
        inputMode="url"
        {...checkedProps(
          form,
          'url',
          check('url'),
          'Where your Client Portal Gateway answers. It has to be reachable from the Internet over HTTPS, unless IBKR Gateway runs on the same machine.',
        )}
      />
      <Headers form={form} fault={form.errors.headers ?? check('headers').fault} />
      <Textarea
        label="Certificate or fingerprint (optional)"
        placeholder="-----BEGIN CERTIFICATE-----"
        autosize
        minRows={2}
        maxRows={8}
        {...checkedProps(
          form,
          'ca',
          check('ca'),
          'Only if the gateway has no certificate of a public authority: the certificate as PEM, or its SHA-256 fingerprint (openssl x509 -noout -fingerprint -sha256 -in cert.pem).',
        )}
      />
    </Stack>
  );
}

interface HeadersProps {
  form: UseFormReturnType<GatewayValues>;
  fault: ReactNode;
}

function Headers({ form, fault }: HeadersProps) {
  const add = () => form.insertListItem('headers', { key: crypto.randomUUID(), name: '', value: '' });
  return (
    <Fieldset legend="Secret headers (optional)">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          A gateway does what anybody who reaches it says. Put a proxy in front that asks for a secret header,
          and enter the header here: it is kept sealed and sent with every request.
        </Text>
        {form.values.headers.map(({ key }, index) => (
          <Group key={key} gap="sm" align="flex-end">
            <TextInput
              label={`Name of header ${index + 1}`}
              placeholder="x-proxy-secret"
              autoComplete="off"
              flex={1}
              miw={130}
              {...form.getInputProps(`headers.${index}.name`)}
            />
            <TextInput
              label={`Value of header ${index + 1}`}
              autoComplete="off"
              flex={1}
              miw={130}
              {...form.getInputProps(`headers.${index}.value`)}
            />
            <Button
              variant="default"
              aria-label={`Remove header ${index + 1}`}
              onClick={() => form.removeListItem('headers', index)}
            >
              Remove
            </Button>
          </Group>
        ))}
        {fault && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault}
          </Text>
        )}
        <Group>
          <Button variant="default" size="xs" onClick={add}>
            Add a header
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

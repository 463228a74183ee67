import { Button, Fieldset, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { checkedProps, useChecks } from './checks.ts';
import { type GatewayValues, gatewaySecrets } from './gateway-form.ts';

/** The fields of a gateway, checked while they are filled in. */
export function GatewayFields({ form }: { form: UseFormReturnType<GatewayValues> }) {
  const { url, ...others } = gatewaySecrets(form.values);
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

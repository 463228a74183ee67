import { List, Stack, Text } from '@mantine/core';
import { Section } from '../../../ui/text/section.tsx';
import { GatewayFields } from '../secrets/gateway-fields.tsx';
import { gatewaySecrets, useGatewayForm } from '../secrets/gateway-form.ts';
import { NewConnectionForm } from './new-connection-form.tsx';

/** The form for a Client Portal Gateway that somebody runs. */
export function NewGateway() {
  const form = useGatewayForm();
  return (
    <NewConnectionForm
      title="Add a Client Portal Gateway"
      form={form}
      connectionOf={(values, identity) => ({ kind: 'gateway', ...identity, ...gatewaySecrets(values) })}
      suggestedLabel="My gateway"
      lastStep="Name and account"
    >
      <Section title="Before you begin">
        <Stack gap="sm">
          <List type="ordered" size="sm" spacing="xs">
            <List.Item>
              Run IBKR’s Client Portal Gateway on a machine of yours and log in there in a browser.
            </List.Item>
            <List.Item>
              Put a proxy with an HTTPS certificate and a secret header in front of it, and allow the proxy’s
              address under <b>ips.allow</b> in the gateway’s conf.yaml.
            </List.Item>
          </List>
          <Text size="sm" c="dimmed">
            The gateway asks for a new login about once a day; the connection says so when it does.
          </Text>
        </Stack>
      </Section>
      <Section title="Gateway">
        <GatewayFields form={form} />
      </Section>
    </NewConnectionForm>
  );
}

import type { ConnectedApp } from '@ibkr-gateway/functions/contract/access/app';
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useChangeApp, useRevokeApp } from '../../api/apps.ts';
import { approvalOn } from '../../format/words/approval-words.ts';
import { lastUseWords, SCOPE_WORDS } from '../../format/words/key-words.ts';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { EditButton } from '../../ui/forms/edit-button.tsx';
import { AppRulesForm } from '../../ui/rules/app-rules-form.tsx';
import { RulesLine } from '../../ui/rules/rules-line.tsx';
import { ToldLine } from '../../ui/rules/told-line.tsx';
import { useBaseCurrency } from '../../ui/shown-connection/base-currency.ts';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';
import { CallsLink } from '../../ui/values/calls-link.tsx';
import { Moment } from '../../ui/values/moment.tsx';

/** One connected host: what it may do, and the end of it. */
export function AppSection({ app }: { app: ConnectedApp }) {
  const { connectionId, grantId, clientName, redirectHost, scope, limits, approval, version } = app;
  const connection = useShownConnection();
  const [isOpen, details] = useDisclosure();
  const [isAsking, { open, close }] = useDisclosure();
  const currency = useBaseCurrency();
  const change = useChangeApp(connectionId, grantId);
  const revoke = useRevokeApp(connectionId, grantId, clientName);
  const actions = (
    <Group gap="xs">
      {scope === 'write' && (
        <EditButton isOpen={isOpen} what={`the rules of ${clientName}`} onClick={details.toggle} />
      )}
      <Button variant="default" size="xs" aria-label={`Revoke ${clientName}`} onClick={open}>
        Revoke
      </Button>
    </Group>
  );
  return (
    <Section title={clientName} aside={actions}>
      <Group gap="xs">
        <Badge variant="default" tt="none" radius="sm">
          {SCOPE_WORDS[scope]}
        </Badge>
        <Text size="sm">Answers go to {redirectHost}</Text>
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {lastUseWords(app.lastUsedAt)} · Connected <Moment iso={app.createdAt} />
      </Text>
      <CallsLink connectionId={connectionId} credentialId={grantId} name={clientName} />
      <ToldLine connectionId={connectionId} credentialId={grantId} />
      {scope === 'write' && <RulesLine rules={app} onConnection={approvalOn(connection, 'oauth')} />}
      {isOpen && (
        <Stack mt="lg">
          <AppRulesForm
            rules={{ limits, approval, version }}
            currency={currency}
            save={change.mutate}
            isPending={change.isPending}
            error={change.error}
          />
        </Stack>
      )}
      <Confirmation
        opened={isAsking}
        onClose={close}
        title={`Revoke ${clientName}?`}
        yes="Revoke"
        no="Keep it"
        onYes={() => revoke.mutate(undefined, { onSuccess: close })}
        isDestructive
        isPending={revoke.isPending}
        error={revoke.error}
      >
        <Text>Its next call is refused. To use it again, connect it again from the host.</Text>
      </Confirmation>
    </Section>
  );
}

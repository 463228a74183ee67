import type { ApiKey } from '@ibkr-gateway/functions/contract/access/api-key';
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useRevokeKey } from '../../api/keys.ts';
import { dateAndTime } from '../../format/numbers.ts';
import { approvalOn } from '../../format/words/approval-words.ts';
import { expiryWords, keyText, lastUseWords, SCOPE_WORDS } from '../../format/words/key-words.ts';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { EditButton } from '../../ui/forms/edit-button.tsx';
import { RulesLine } from '../../ui/rules/rules-line.tsx';
import { ToldLine } from '../../ui/rules/told-line.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Section } from '../../ui/text/section.tsx';
import { CallsLink } from '../../ui/values/calls-link.tsx';
import { KeyDetails } from './key-details.tsx';

/** One key that works: what it is known by, its rules, and the end of it. */
export function KeySection({ apiKey }: { apiKey: ApiKey }) {
  const { connectionId, id, label, scope, lastUsedAt, allowedIps, createdAt } = apiKey;
  const connection = useShownConnection();
  const [isOpen, details] = useDisclosure();
  const [isAsking, { open, close }] = useDisclosure();
  const revoke = useRevokeKey(connectionId, id, label);
  const actions = (
    <Group gap="xs">
      <EditButton isOpen={isOpen} what={`the key ${label}`} onClick={details.toggle} />
      <Button variant="default" size="xs" aria-label={`Revoke the key ${label}`} onClick={open}>
        Revoke
      </Button>
    </Group>
  );
  return (
    <Section title={apiKey.label} aside={actions}>
      <Group gap="xs">
        <Code>{keyText(apiKey)}</Code>
        <Badge variant="default" tt="none" radius="sm">
          {SCOPE_WORDS[scope]}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {[
          lastUseWords(lastUsedAt),
          expiryWords(apiKey),
          ...(allowedIps.length > 0 ? [`Only from ${allowedIps.join(', ')}`] : []),
          `Created ${dateAndTime(createdAt)}`,
        ].join(' · ')}
      </Text>
      <CallsLink connectionId={connectionId} credentialId={id} name={`the key ${label}`} />
      <ToldLine connectionId={connectionId} credentialId={id} />
      {scope === 'write' && <RulesLine rules={apiKey} onConnection={approvalOn(connection, 'api_key')} />}
      {isOpen && (
        <Stack mt="lg">
          <KeyDetails apiKey={apiKey} />
        </Stack>
      )}
      <Confirmation
        opened={isAsking}
        onClose={close}
        title={`Revoke the key ${label}?`}
        yes="Revoke"
        no="Keep it"
        onYes={() => revoke.mutate(undefined, { onSuccess: close })}
        isDestructive
        isPending={revoke.isPending}
        error={revoke.error}
      >
        <Text>
          Whatever uses {keyText(apiKey)} is refused from its next call on. A revoked key does not come back.
        </Text>
      </Confirmation>
    </Section>
  );
}

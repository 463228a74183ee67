import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { useKeys, useNewKey } from '../../api/keys.ts';
import { isActive } from '../../format/words/key-words.ts';
import { useOpener } from '../../ui/forms/use-opener.ts';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { GoneElsewhere } from '../../ui/notices/gone-elsewhere.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import { Snippet } from '../../ui/text/snippet.tsx';
import { EndedKeys } from './ended-keys.tsx';
import { KeySection } from './key-section.tsx';
import { NewKeyForm } from './new-key-form.tsx';

/** Use of a key is noted once a minute. */
const READ_EVERY_MS = 30_000;

/** The API keys of a connection: made, narrowed and revoked. */
export function KeysTab() {
  const { id, label } = useShownConnection();
  useDocumentTitle(`Keys · ${label} · IBKR Gateway`);
  const keys = useKeys(id, { everyMs: READ_EVERY_MS });
  const mint = useNewKey(id);
  const [isFormOpen, form] = useDisclosure();
  const opener = useOpener(isFormOpen);
  const start = () => {
    mint.reset();
    form.open();
  };
  if (keys.data === undefined) {
    return keys.error === null ? (
      <TableSkeleton rows={3} rowHeight={80} />
    ) : (
      <FailureNotice error={keys.error} onRetry={keys.refetch} />
    );
  }
  const active = keys.data.filter(isActive);
  const ended = keys.data.filter((key) => !isActive(key));
  // Right after it is made, the list may be older than the key.
  const minted = ended.some(({ id }) => id === mint.data?.key.id) ? undefined : mint.data;
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Text size="sm" c="dimmed" maw={560}>
          A key lets a script or a host without sign-in use this connection. Whoever holds it can use it: give
          each program its own, and revoke what you no longer need.
        </Text>
        {!isFormOpen && (
          <Button ref={opener} onClick={start}>
            New key
          </Button>
        )}
      </Group>
      {minted && (
        <Stack gap="sm">
          <Notice tone="caution" title="Copy the key now: it is not shown again" takesFocus>
            <Text size="sm">
              Send it as a bearer token, in the header <b>Authorization</b>.
            </Text>
          </Notice>
          <Snippet caption={`API key “${minted.key.label}”`} text={minted.apiKey} of="API key" prominent />
        </Stack>
      )}
      <GoneElsewhere
        items={active.map((key) => ({ id: key.id, name: `The key ${key.label}` }))}
        happened="was revoked, or has expired"
      />
      {isFormOpen && <NewKeyForm mint={mint} onClose={form.close} />}
      {active.length === 0 && <Text>No key works at present.</Text>}
      {active.map((key) => (
        <KeySection key={key.id} apiKey={key} />
      ))}
      {ended.length > 0 && (
        <Disclosure summary={`Keys that ended (${ended.length})`}>
          <EndedKeys keys={ended} />
        </Disclosure>
      )}
    </Stack>
  );
}

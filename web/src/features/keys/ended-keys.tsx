import type { ApiKey } from '@ibkr-gateway/functions/contract/access/api-key';
import { Table } from '@mantine/core';
import { dateAndTime } from '../../format/numbers.ts';
import { keyText, lastUseWords } from '../../format/words/key-words.ts';
import { CallsLink } from '../../ui/values/calls-link.tsx';

/** Keys that were revoked or expired, to know them by when one turns up somewhere. */
export function EndedKeys({ keys }: { keys: ApiKey[] }) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Key</Table.Th>
          <Table.Th>Ended</Table.Th>
          <Table.Th>Use</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map((key) => (
          <Table.Tr key={key.id}>
            {/* A long name leaves room for the rest. */}
            <Table.Td miw="6.5rem" style={{ overflowWrap: 'anywhere' }}>
              {key.label}
              <br />
              {keyText(key)}
            </Table.Td>
            <Table.Td>{endWords(key)}</Table.Td>
            <Table.Td>
              {lastUseWords(key.lastUsedAt)}
              <CallsLink
                connectionId={key.connectionId}
                credentialId={key.id}
                name={`the key ${key.label}`}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function endWords({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return `Revoked ${dateAndTime(revokedAt)}`;
  return expiresAt === null ? '' : `Expired ${dateAndTime(expiresAt)}`;
}

import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useTool } from '../../../api/tools.ts';
import { CodeEntry } from '../session/code-entry.tsx';
import { SessionLine } from '../session/session-line.tsx';

const STATUS_FRESH_MS = 60_000;

/** Whether IBKR answers over a connection and, when not, what to do; until it has been asked, what was known. */
export function SessionState({ connection }: { connection: Connection }) {
  const { id, kind } = connection;
  const { data } = useTool(id, 'get_connection_status', {}, { freshMs: STATUS_FRESH_MS });
  if (data === undefined) return <SessionLine kind={kind} session={connection.session} />;
  const { state, session_since, what_to_do } = data;
  return (
    <>
      <SessionLine kind={kind} session={{ state, since: session_since, until: null }} />
      {state === 'wrong_mode' ? (
        <Anchor component={Link} to={`/connections/${id}/settings`} size="sm">
          Choose the right one in Settings
        </Anchor>
      ) : (
        what_to_do !== null && <Text size="sm">{what_to_do}</Text>
      )}
      {state === 'needs_code' && <CodeEntry connectionId={id} />}
    </>
  );
}

import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { SessionState as State } from '@ibkr-gateway/functions/contract/session-states';
import { Anchor, Box, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useTool } from '../../../api/tools.ts';
import { SecondFactor, type WantedFactor } from '../session/second-factor.tsx';
import { SessionLine } from '../session/session-line.tsx';

const STATUS_FRESH_MS = 60_000;

/** The states from which the owner can go on here. */
const WANTED: Partial<Record<State, WantedFactor>> = {
  needs_code: 'sign_in_code_needed',
  needs_sent_code: 'sign_in_sent_code_needed',
  approve_on_phone: 'sign_in_approval_needed',
};

/** Whether IBKR answers over a connection and, when not, what to do; until it has been asked, what was known. */
export function SessionState({ connection }: { connection: Connection }) {
  const { id, kind } = connection;
  const { data } = useTool(id, 'get_connection_status', {}, { freshMs: STATUS_FRESH_MS });
  if (data === undefined) return <SessionLine kind={kind} session={connection.session} />;
  const { state, session_since, message, what_to_do } = data;
  const wanted = WANTED[state];
  return (
    <>
      <SessionLine kind={kind} session={{ state, since: session_since, until: null }} />
      {/* Where it can be done here, what follows says so. */}
      {wanted === undefined && what_to_do !== null && (
        <Text size="sm">{state === 'unavailable' ? `${message} ${what_to_do}` : what_to_do}</Text>
      )}
      {state === 'wrong_mode' && (
        <Anchor component={Link} to={`/connections/${id}/settings`} size="sm">
          Open Settings
        </Anchor>
      )}
      {wanted !== undefined && (
        <Box w="100%" mt="xs">
          <SecondFactor connectionId={id} wanted={wanted} />
        </Box>
      )}
    </>
  );
}

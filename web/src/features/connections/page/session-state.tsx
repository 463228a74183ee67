import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Box, Skeleton, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useTool } from '../../../api/tools.ts';
import { SecondFactor, type WantedFactor } from '../session/second-factor.tsx';
import { SessionLine } from '../session/session-line.tsx';

type State = Connection['session']['state'];

const STATUS_FRESH_MS = 60_000;

/** The states from which the owner can go on here. */
const WANTED: Partial<Record<State, WantedFactor>> = {
  needs_code: 'sign_in_code_needed',
  needs_sent_code: 'sign_in_sent_code_needed',
  approve_on_phone: 'sign_in_approval_needed',
};

/** Those in which there is nothing to be done. */
const CALM: readonly State[] = ['connected', 'idle', 'unused'];

/** Whether IBKR answers over a connection and, when not, what to do; until it has been asked, what was known. */
export function SessionState({ connection }: { connection: Connection }) {
  const { id, kind } = connection;
  const { data, isPending } = useTool(id, 'get_connection_status', {}, { freshMs: STATUS_FRESH_MS });
  const session =
    data === undefined ? connection.session : { state: data.state, since: data.session_since, until: null };
  const { state } = session;
  const wanted = WANTED[state];
  const advice = data?.what_to_do ?? null;
  return (
    <>
      <SessionLine kind={kind} session={session} />
      {/* Where it can be done here, what follows says so. */}
      {wanted === undefined && data !== undefined && advice !== null && (
        <Text size="sm">{state === 'unavailable' ? `${data.message} ${advice}` : advice}</Text>
      )}
      {wanted === undefined && isPending && !CALM.includes(state) && (
        <Skeleton w="100%" h={{ base: 66, sm: 22 }} />
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

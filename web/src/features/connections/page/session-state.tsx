import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Skeleton, Text } from '@mantine/core';
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

/** Whether IBKR answers over a connection; until it has been asked, what was known. */
export function SessionState({ connection }: { connection: Connection }) {
  return <SessionLine kind={connection.kind} session={useSession(connection).session} />;
}

/** What to do where IBKR does not answer; nothing where there is nothing to be done. */
export function SessionAdvice({ connection }: { connection: Connection }) {
  const { id } = connection;
  const { isPending, session } = useSession(connection);
  const advice = useSessionAdvice(connection);
  const { state } = session;
  const wanted = WANTED[state];
  if (wanted !== undefined) return <SecondFactor connectionId={id} wanted={wanted} />;
  if (isPending && !CALM.includes(state)) return <Skeleton h={{ base: 66, sm: 22 }} />;
  if (advice === null) return null;
  return (
    <Text size="sm">
      {advice}{' '}
      {state === 'wrong_mode' && (
        <Anchor component={Link} to={`/connections/${id}/settings`} inherit underline="always">
          Open Settings
        </Anchor>
      )}
    </Text>
  );
}

/** What {@link SessionAdvice} says; null where that is not a text. */
export function useSessionAdvice(connection: Connection): string | null {
  const { told, session } = useSession(connection);
  const advice = told?.what_to_do ?? null;
  if (told === undefined || advice === null || WANTED[session.state] !== undefined) return null;
  return session.state === 'unavailable' ? `${told.message} ${advice}` : advice;
}

function useSession(connection: Connection) {
  const { data: told, isPending } = useTool(
    connection.id,
    'get_connection_status',
    {},
    { freshMs: STATUS_FRESH_MS },
  );
  const session =
    told === undefined ? connection.session : { state: told.state, since: told.session_since, until: null };
  return { told, isPending, session };
}

import { Skeleton, Text } from '@mantine/core';
import { useTool } from '../../api/tools.ts';
import classes from './session-state.module.css';

/** Of `get_connection_status`, as far as it is read here. */
interface ConnectionStatus {
  state: keyof typeof STATES;
  session_since: string | null;
  what_to_do: string | null;
}

const STATES = {
  connected: 'Connected',
  signed_out: 'IBKR needs you to log in',
  held_elsewhere: 'Another session is using this login',
  credentials_rejected: 'IBKR refused its credentials',
  wrong_mode: 'Paper and live are mixed up',
  paused: 'Paused: IBKR asks for fewer calls',
  unavailable: 'IBKR cannot be reached',
};

const STATUS_FRESH_MS = 60_000;

/** Whether IBKR answers over this connection, in a few words and, when not, what to do. */
export function SessionState({ connectionId }: { connectionId: string }) {
  const { data, error } = useTool<ConnectionStatus>(
    connectionId,
    'get_connection_status',
    {},
    { freshMs: STATUS_FRESH_MS },
  );
  if (data === undefined) {
    return error === null ? <Skeleton h={16} w={150} /> : <Text size="sm">State not known</Text>;
  }
  const { state, session_since, what_to_do } = data;
  return (
    <Text size="sm" className={classes.state} data-state={state}>
      {STATES[state]}
      {session_since !== null && ` since ${sinceWords(session_since)}`}
      {what_to_do !== null && `. ${what_to_do}`}
    </Text>
  );
}

const TIME = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', hourCycle: 'h23' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-US', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** `09:12`, and the day as well when it was not today. */
function sinceWords(iso: string): string {
  const since = new Date(iso);
  const isToday = since.toDateString() === new Date().toDateString();
  return (isToday ? TIME : DAY_AND_TIME).format(since);
}

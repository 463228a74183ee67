import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import { Text } from '@mantine/core';
import { sessionWords } from '../../../format/session-words.ts';
import classes from './session-line.module.css';

/** How a session stood when it was last looked after. */
export function SessionLine({ session }: { session: SessionStatus }) {
  return (
    <Text size="sm" className={classes.line} data-state={session.state}>
      {sessionWords(session)}
    </Text>
  );
}

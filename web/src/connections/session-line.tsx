import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import { Text } from '@mantine/core';
import classes from './session-line.module.css';
import { sessionWords } from './session-words.ts';

/** How a session stood when it was last looked after. */
export function SessionLine({ session }: { session: SessionStatus }) {
  return (
    <Text size="sm" className={classes.line} data-state={session.state}>
      {sessionWords(session)}
    </Text>
  );
}

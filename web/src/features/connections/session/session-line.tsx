import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import type { ConnectionKind } from '@ibkr-gateway/functions/contract/connection-kind';
import { Text } from '@mantine/core';
import { sessionWords } from '../../../ui/connection-kinds/session-words.ts';
import classes from './session-line.module.css';

/** How a session stood when it was last looked after. */
export function SessionLine({ kind, session }: { kind: ConnectionKind; session: SessionStatus }) {
  return (
    <Text size="sm" className={classes.line} data-state={session.state}>
      {sessionWords(kind, session)}
    </Text>
  );
}

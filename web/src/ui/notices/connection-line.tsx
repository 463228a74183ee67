import { Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { type Query, useIsFetching, useIsMutating } from '@tanstack/react-query';
import { isOfAllWaiting } from '../../api/intents.ts';
import { useWaitingWords } from '../../format/words/waiting-words.ts';
import classes from './connection-line.module.css';

/** What is only brought up to date keeps nobody waiting, nor does what the title alone tells of. */
function isWaitedFor(query: Query): boolean {
  if (query.state.data !== undefined) return false;
  return !isOfAllWaiting(query.queryKey) || query.getObserversCount() > 1;
}

/** Says when the device is offline, and when an answer takes longer than one expects. */
export function ConnectionLine() {
  const { online } = useNetwork();
  const isBusy = useIsFetching({ predicate: isWaitedFor }) + useIsMutating() > 0;
  const words = useWaitingWords(isBusy);
  if (!online) {
    return (
      <div className={classes.line}>
        <Text size="sm" fw={600} role="status" className={classes.words} data-tone="caution">
          You are offline. This may be out of date.
        </Text>
      </div>
    );
  }
  if (words === null) return null;
  return (
    <div className={classes.line}>
      <progress className={classes.bar} aria-label="Waiting for an answer" />
      <Text size="sm" role="status" className={classes.words}>
        {words}
      </Text>
    </div>
  );
}

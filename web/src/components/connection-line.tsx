import { Box, Progress, Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useIsFetching, useIsMutating } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import classes from './connection-line.module.css';
import { Notice } from './notice.tsx';

const SLOW_MS = 1_000;
const VERY_SLOW_MS = 10_000;

/** Says when the device is offline, and when an answer takes longer than one expects. */
export function ConnectionLine() {
  const { online } = useNetwork();
  // What is only brought up to date keeps nobody waiting.
  const isBusy = useIsFetching({ predicate: ({ state }) => state.data === undefined }) + useIsMutating() > 0;
  const isSlow = useLasting(isBusy, SLOW_MS);
  const isVerySlow = useLasting(isBusy, VERY_SLOW_MS);
  if (!online) {
    return (
      <Box mb="lg">
        <Notice role="status" tone="caution" title="You are offline">
          <Text size="sm">
            What you see may be out of date. It goes on when this device has a connection.
          </Text>
        </Notice>
      </Box>
    );
  }
  if (!isSlow) return null;
  return (
    <div className={classes.line}>
      <Progress value={100} animated size="xs" radius={0} aria-label="Waiting for an answer" />
      <Text size="sm" role="status" className={classes.words}>
        {isVerySlow
          ? 'Still waiting for IBKR to answer: it can take up to a minute.'
          : 'Waiting for an answer…'}
      </Text>
    </div>
  );
}

/** Whether `isOn` has been true for this long without a break. */
function useLasting(isOn: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isOn) return setLasts(false);
    const timer = setTimeout(() => setLasts(true), ms);
    return () => clearTimeout(timer);
  }, [isOn, ms]);
  return lasts;
}

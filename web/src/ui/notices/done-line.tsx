import { Text } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import classes from './connection-line.module.css';

/** Says what was done where what it was done to is gone, until the person does something else. */
export function DoneLine() {
  const mutations = useQueryClient().getMutationCache();
  const [words, setWords] = useState<string>();
  useEffect(
    () =>
      mutations.subscribe(({ type, mutation }) => {
        const { done } = mutation?.meta ?? {};
        if (type === 'updated' && mutation.state.status === 'success' && typeof done === 'string')
          setWords(done);
      }),
    [mutations],
  );
  const clear = () => setWords(undefined);
  useWindowEvent('pointerdown', clear);
  useWindowEvent('keydown', clear);
  return (
    <div className={classes.line} role="status">
      {words !== undefined && (
        <Text size="sm" className={classes.words}>
          {words}
        </Text>
      )}
    </div>
  );
}

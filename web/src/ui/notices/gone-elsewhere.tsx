import { Text } from '@mantine/core';
import { type MutationCache, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ChangedNotice } from './changed-notice.tsx';

interface Listed {
  id: string;
  /** What it is called. */
  name: string;
}

interface GoneElsewhereProps {
  /** All that is on the page. */
  items: readonly Listed[];
  /** What has happened to one, such as `was removed`. */
  happened: string;
}

/** Tells what went away while its page was open, unless that was done here. */
export function GoneElsewhere({ items, happened }: GoneElsewhereProps) {
  const mutations = useQueryClient().getMutationCache();
  const [known, setKnown] = useState(items);
  const [gone, setGone] = useState<readonly Listed[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is the same while what is in it is.
  useEffect(() => {
    const missing = known.filter(
      ({ id }) => !items.some((item) => item.id === id) && !isTakenAwayHere(mutations, id),
    );
    setGone((earlier) => [...earlier, ...missing]);
    setKnown(items);
  }, [JSON.stringify(items)]);
  if (gone.length === 0) return null;
  return (
    <ChangedNotice onDismiss={() => setGone([])}>
      {gone.map(({ id, name }) => (
        <Text key={id} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {name} {happened}. What was entered here for it is not saved.
        </Text>
      ))}
    </ChangedNotice>
  );
}

/** By a change whose `meta` says so: `takesAway` is the id of one thing, or `*`. */
function isTakenAwayHere(mutations: MutationCache, id: string): boolean {
  return mutations
    .getAll()
    .some(
      ({ meta, state }) => state.status !== 'error' && (meta?.takesAway === id || meta?.takesAway === '*'),
    );
}

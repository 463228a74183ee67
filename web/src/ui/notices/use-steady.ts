import type { UseQueryResult } from '@tanstack/react-query';
import { useRef } from 'react';

export type Steady<Data> = Pick<
  UseQueryResult<Data>,
  | 'data'
  | 'dataUpdatedAt'
  | 'error'
  | 'failureCount'
  | 'isFetched'
  | 'isFetching'
  | 'isPending'
  | 'isSuccess'
  | 'refetch'
>;

/**
 * Something that is read, which goes on saying why it failed while it is asked for once more: what is shown stays until
 * there is something else to show, and so does the button that was pressed.
 */
export function useSteady<Data>(query: UseQueryResult<Data>): Steady<Data> {
  const failure = useRef<Error>(null);
  const { error, isPending, isFetched } = query;
  if (error !== null) failure.current = error;
  return isPending && isFetched ? { ...query, error: failure.current } : query;
}

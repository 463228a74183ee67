import { useEffect } from 'react';
import { ActionButton } from '../forms/action-button.tsx';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { keep, kept } from '../pages/kept.ts';

/** As much as is read again by itself where a list is shown anew. */
const MOST_PAGES = 20;

interface OlderItemsProps {
  /** Of the list: another one where it is searched for something else. */
  name: string;
  /** A list that is read page by page, of which something is shown. */
  query: {
    data: { pages: readonly unknown[] } | undefined;
    error: Error | null;
    isFetching: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  /** What the button says. */
  children: string;
}

/** Below a list: why it could not be read on, and the button that reads on where there is more. */
export function OlderItems({ name, query, children }: OlderItemsProps) {
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useAsFarAsBefore(name, query);
  return (
    <>
      {error !== null && <FailureNotice error={error} />}
      {hasNextPage && (
        <ActionButton
          variant="default"
          size="xs"
          loading={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {children}
        </ActionButton>
      )}
    </>
  );
}

/** Has a list that is loaded anew read on until it is as long as it was left. */
function useAsFarAsBefore(name: string, query: OlderItemsProps['query']): void {
  const { data, error, hasNextPage, isFetching, fetchNextPage } = query;
  const read = data?.pages.length ?? 0;
  useEffect(() => {
    const left = Number(kept(`pages of ${name}`) ?? 1);
    if (read > left) keep(`pages of ${name}`, read);
    const isShort = read > 0 && read < Math.min(left, MOST_PAGES);
    if (isShort && hasNextPage && !isFetching && error === null) fetchNextPage();
  }, [name, read, hasNextPage, isFetching, error, fetchNextPage]);
}

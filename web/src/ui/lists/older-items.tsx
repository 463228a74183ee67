import { ActionButton } from '../forms/action-button.tsx';
import { FailureNotice } from '../notices/failure-notice.tsx';

interface OlderItemsProps {
  /** A list that is read page by page, of which something is shown. */
  query: {
    error: Error | null;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  /** What the button says. */
  children: string;
}

/** Below a list: why it could not be read on, and the button that reads on where there is more. */
export function OlderItems({ query, children }: OlderItemsProps) {
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
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

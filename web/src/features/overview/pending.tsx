import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';

type Query = Pick<UseQueryResult, 'data' | 'error' | 'refetch'>;

/** What a card was to show and could not be read, once for all that failed alike. Nothing while there is something to show. */
export function Failures({ of }: { of: readonly Query[] }) {
  const failed = of.filter(({ data, error }) => data === undefined && error !== null);
  const [first] = failed;
  if (first === undefined) return null;
  const retry = () => {
    for (const { refetch } of failed) refetch();
  };
  return <FailureNotice error={first.error} onRetry={retry} />;
}

interface PendingProps {
  of: readonly Query[];
  /** The outline of what is on its way. */
  children: ReactNode;
}

/** In place of what a card has not got: why, or its outline. */
export function Pending({ of, children }: PendingProps) {
  return of.some(({ data, error }) => data === undefined && error !== null) ? <Failures of={of} /> : children;
}

import { useEffect } from 'react';
import { failureCode } from '../../format/words/failure-words.ts';
import { FailedPage } from './failed-page.tsx';

interface BrokenPageProps {
  /** What loading or showing the page threw. */
  error: unknown;
  headingOrder?: 1 | 2;
}

const reload = () => window.location.reload();

/** Instead of a page that did not arrive or that broke: a new load also fetches what a newer version is made of. */
export function BrokenPage({ error, headingOrder }: BrokenPageProps) {
  const isOffline = failureCode(error) === 'part_offline';
  useEffect(() => {
    if (!isOffline) return;
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, [isOffline]);
  return (
    <FailedPage
      error={error}
      {...(headingOrder && { headingOrder })}
      {...(!isOffline && { onRetry: reload })}
    />
  );
}

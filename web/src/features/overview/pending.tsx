import { Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { isSameFailure } from '../../format/failure-words.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { AtLowerEdge, InPlaceOf } from '../../ui/notices/in-place.tsx';

type Query = Pick<UseQueryResult, 'data' | 'error' | 'refetch'>;

/** What the page says above its cards is wrong, so that no card says it again; null where nothing is. */
const ToldFailure = createContext<unknown>(null);

interface AccountFailureProps {
  /** What `figures` shows: their failure is told above all cards. */
  of: readonly Query[];
  /** Gives its place, so that no card moves, where there is nothing of it. Where there is some, the failure is below all. */
  figures: ReactNode;
  /** What the cards show. */
  cards: readonly Query[];
  children: ReactNode;
}

/** What the page could not read, said once for all that failed alike. Trying again asks for all of it. */
export function AccountFailure({ of, figures, cards, children }: AccountFailureProps) {
  const [first] = of.filter(hasFailed);
  const isNothingLeft = of.every(hasFailed);
  // One that fails before the other would be said below, and then in the place of both.
  const isSettled = of.every(({ data, error }) => data !== undefined || error !== null);
  const notice = first !== undefined && isSettled && (
    <FailureNotice error={first.error} onRetry={() => retry([...of, ...cards].filter(hasFailed))} />
  );
  return (
    <ToldFailure value={first?.error ?? null}>
      {isNothingLeft ? <InPlaceOf outline={figures}>{notice}</InPlaceOf> : figures}
      {children}
      {!isNothingLeft && notice && <AtLowerEdge>{notice}</AtLowerEdge>}
    </ToldFailure>
  );
}

interface PendingProps {
  of: readonly Query[];
  /** The outline of what is on its way. */
  children: ReactNode;
}

/** In place of what a card has not got: why, or its outline. */
export function Pending({ of, children }: PendingProps) {
  const told = useContext(ToldFailure);
  const failed = of.filter(hasFailed);
  const [first] = failed;
  if (first === undefined) return children;
  if (told !== null && isSameFailure(first.error, told)) {
    return (
      <InPlaceOf outline={children}>
        <Text size="sm" c="dimmed">
          Not available now.
        </Text>
      </InPlaceOf>
    );
  }
  return (
    <InPlaceOf outline={children}>
      <FailureNotice error={first.error} onRetry={() => retry(failed)} />
    </InPlaceOf>
  );
}

function hasFailed({ data, error }: Query): boolean {
  return data === undefined && error !== null;
}

function retry(queries: readonly Query[]): void {
  for (const { refetch } of queries) refetch();
}

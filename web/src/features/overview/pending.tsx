import type { UseQueryResult } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { isSameFailure } from '../../format/words/failure-words.ts';
import { FailureNotice, NotAvailable } from '../../ui/notices/failure-notice.tsx';
import { AtLowerEdge, InPlaceOf } from '../../ui/notices/in-place.tsx';

type Query = Pick<UseQueryResult, 'data' | 'error' | 'refetch'>;

/** What the page says above its cards is wrong, and of its cards those that failed, the first one first. */
const Failures = createContext<{ told: unknown; cards: readonly Query[] }>({ told: null, cards: [] });

interface AccountFailureProps {
  /** What `figures` shows: their failure is told above all cards. */
  of: readonly Query[];
  /** Gives its place, so that no card moves, where there is nothing of it. Where there is some, the failure is below all. */
  figures: ReactNode;
  /** What the cards show, always in the same order. */
  cards: readonly Query[];
  children: ReactNode;
}

/** What the page could not read, said once for all that failed alike. Trying again asks for all of it. */
export function AccountFailure({ of, figures, cards, children }: AccountFailureProps) {
  const [first] = of.filter(hasFailed);
  const isNothingLeft = of.every(hasFailed);
  // One that fails before the other would be said below, and then in the place of both.
  const isSettled = of.every(({ data, error }) => data !== undefined || error !== null);
  const failedCards = useFailed(cards);
  const notice = first !== undefined && isSettled && (
    <FailureNotice error={first.error} onRetry={() => retry([...of, ...cards].filter(hasFailed))} />
  );
  return (
    <Failures value={{ told: first?.error ?? null, cards: failedCards }}>
      {isNothingLeft ? <InPlaceOf outline={figures}>{notice}</InPlaceOf> : figures}
      {children}
      {!isNothingLeft && notice && <AtLowerEdge>{notice}</AtLowerEdge>}
    </Failures>
  );
}

/** Those that have failed, in the order in which they did, so that what the first one says stays where it is. */
function useFailed(queries: readonly Query[]): Query[] {
  const [order, setOrder] = useState<readonly number[]>([]);
  const failed = queries.flatMap((query, index) => (hasFailed(query) ? [index] : []));
  const now = [
    ...order.filter((index) => failed.includes(index)),
    ...failed.filter((index) => !order.includes(index)),
  ];
  if (now.join() !== order.join()) setOrder(now);
  return now.flatMap((index) => queries[index] ?? []);
}

interface PendingProps {
  of: readonly Query[];
  /** Whether another card shows each of them as well, and says why it cannot. */
  isToldElsewhere?: boolean;
  /** The outline of what is on its way. */
  children: ReactNode;
}

/** In place of what a card has not got: why, unless the page or another card says that, or its outline. */
export function Pending({ of, isToldElsewhere = false, children }: PendingProps) {
  const { told, cards } = useContext(Failures);
  const [failed] = of.filter(hasFailed);
  if (failed === undefined) return children;
  const alike = cards.filter(({ error }) => isSameFailure(error, failed.error));
  const isAbove = told !== null && isSameFailure(failed.error, told);
  const isTold = isToldElsewhere || isAbove || alike[0]?.error !== failed.error;
  return (
    <InPlaceOf outline={children}>
      {isTold ? <NotAvailable /> : <FailureNotice error={failed.error} onRetry={() => retry(alike)} />}
    </InPlaceOf>
  );
}

function hasFailed({ data, error }: Query): boolean {
  return data === undefined && error !== null;
}

function retry(queries: readonly Query[]): void {
  for (const { refetch } of queries) refetch();
}

import type { Connection, StopResult } from '@ibkr-gateway/functions/contract/connection';
import { List } from '@mantine/core';
import { countWords } from '../../../format/words/count-words.ts';

interface StopReportProps {
  panic: NonNullable<Connection['panic']>;
  /** What the stop did when it was pressed here. */
  report: StopResult | undefined;
  /** It was pressed here, and what it did is not known. */
  isReportLost: boolean;
}

/** What a stop did, and what is still being tried: how many orders are left is the gateway's latest word. */
export function StopReport({ panic, report, isReportLost }: StopReportProps) {
  const { declined = 0, failed = [], unlisted = null } = report ?? {};
  const ended = report && endedWords(report);
  const { retrying, accountsLeft } = panic;
  return (
    <List size="sm">
      <List.Item>Every order on this connection is refused.</List.Item>
      {ended && <List.Item>{ended}</List.Item>}
      {isReportLost && (
        <List.Item>
          Make sure that its keys and connected apps ended: the answer about them was lost.
        </List.Item>
      )}
      {declined > 0 && (
        <List.Item>
          {countWords(declined, 'order')} that waited for you {declined === 1 ? 'was' : 'were'} declined.
        </List.Item>
      )}
      <List.Item>{cancellationWords(panic)}</List.Item>
      {retrying && accountsLeft !== null && accountsLeft > 0 && (
        <List.Item>
          IBKR lists one account at a time, in some five seconds: {countWords(accountsLeft, 'account')} still
          to come.
        </List.Item>
      )}
      {retrying && unlisted !== null && <List.Item>The orders could not be read yet: {unlisted}</List.Item>}
      {retrying &&
        failed.map(({ orderId, reason }) => (
          <List.Item key={orderId}>
            Order {orderId} could not be cancelled at once: {reason}
          </List.Item>
        ))}
    </List>
  );
}

/** `2 API keys and 1 connected app ended.` */
function endedWords({ revokedKeys, revokedApps }: StopResult): string | undefined {
  const ended = [
    ...(revokedKeys > 0 ? [countWords(revokedKeys, 'API key')] : []),
    ...(revokedApps > 0 ? [countWords(revokedApps, 'connected app')] : []),
  ];
  return ended.length === 0 ? undefined : `${ended.join(' and ')} ended.`;
}

function cancellationWords({ retrying, remaining }: StopReportProps['panic']): string {
  if (!retrying) return 'No order of its accounts works any more.';
  const orders = remaining === null ? 'Its working orders' : countWords(remaining, 'order');
  return `${orders} may still fill. The gateway cancels what works, every minute until nothing is left; if it is urgent, cancel in IBKR’s own app as well.`;
}

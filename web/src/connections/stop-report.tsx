import { List, Text } from '@mantine/core';
import type { PanicReport } from '../api/answers.ts';
import { Notice } from '../components/notice.tsx';
import { counted } from './counted.ts';

/** What a stop did, and what is still being tried. */
export function StopReport({ report }: { report: PanicReport }) {
  const { declined, revokedKeys, revokedApps, cancelling, failed, unlisted, retrying } = report;
  const isTrouble = failed.length > 0 || unlisted !== null;
  return (
    <Notice tone={isTrouble ? 'caution' : 'good'} title="What the stop did" role="alert" takesFocus>
      <List size="sm">
        <List.Item>
          New orders are refused. {counted(revokedKeys, 'API key')} and{' '}
          {counted(revokedApps, 'connected app')} ended.
        </List.Item>
        {declined > 0 && (
          <List.Item>{counted(declined, 'order')} that waited for an answer got a no.</List.Item>
        )}
        {unlisted === null ? (
          <List.Item>
            {cancelling.length === 0 && failed.length === 0
              ? 'There was no working order to cancel.'
              : `IBKR is cancelling ${counted(cancelling.length, 'order')}.`}
          </List.Item>
        ) : (
          <List.Item>The working orders could not be read: {unlisted}</List.Item>
        )}
        {failed.map(({ orderId, reason }) => (
          <List.Item key={orderId}>
            Order {orderId} could not be cancelled: {reason}
          </List.Item>
        ))}
      </List>
      {retrying && isTrouble && (
        <Text size="sm" mt="xs">
          The gateway goes on trying every minute until nothing is left. If it is urgent, cancel in IBKR’s own
          app.
        </Text>
      )}
    </Notice>
  );
}

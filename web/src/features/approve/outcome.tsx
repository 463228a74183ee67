import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { Text } from '@mantine/core';
import { outcomeWords } from '../../format/words/outcome-words.ts';
import { Notice } from '../../ui/notices/notice.tsx';
import { Moment } from '../../ui/values/moment.tsx';

interface OutcomeProps {
  intent: Intent;
  /** To a yes or no that was just given here. */
  isAnswer: boolean;
}

/** What became of an order that waits for nobody any more. */
export function Outcome({ intent, isAnswer }: OutcomeProps) {
  const { title, text, tone } = outcomeWords(intent);
  const { by, at } = intent.approval;
  return (
    <Notice tone={tone} title={title} takesFocus={isAnswer}>
      <Text>{text}</Text>
      {by !== null && at !== null && (
        <Text size="sm" c="dimmed" mt="xs">
          Approved by {by}, <Moment iso={at} />.
        </Text>
      )}
      {intent.notTaken.map((reason) => (
        <Text key={reason} size="sm" mt="xs">
          IBKR did not take all of it: {reason}
        </Text>
      ))}
      {intent.acceptedWarnings.map((warning) => (
        <Text key={warning.text} size="sm" c="dimmed" mt="xs">
          Accepted on the way: {warning.text}
        </Text>
      ))}
    </Notice>
  );
}

/** Of an order that nobody said anything about in time. */
export function Expired({ intent: { state } }: { intent: Intent }) {
  if (state === 'needs_reply') {
    return (
      <Notice tone="neutral" title="The time to answer IBKR is over">
        <Text>IBKR drops an order whose question is not answered. This page checks that it did.</Text>
      </Notice>
    );
  }
  return (
    <Notice tone="neutral" title="The time to approve this order is over">
      <Text>Nothing was sent. If you still want it, have it placed again.</Text>
    </Notice>
  );
}

import { Group, Stack, Text } from '@mantine/core';
import type { useDecision } from '../../api/intents.ts';
import { minutesAndSeconds } from '../../format/numbers.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import classes from './decision-bar.module.css';

interface DecisionBarProps {
  decision: ReturnType<typeof useDecision>;
  /** When what is asked was read, in ms since 1970. */
  readAt: number;
  /** IBKR asks about an order that was approved before. */
  isQuestion: boolean;
  msLeft: number | null;
}

/** Approve and Decline, where a thumb reaches them. */
export function DecisionBar({ decision, readAt, isQuestion, msLeft }: DecisionBarProps) {
  const { isPending, variables: chosen, error, lostAt } = decision;
  const isLooking = error !== null && lostAt !== undefined && readAt <= lostAt;
  const hasLooked = error !== null && lostAt !== undefined && !isLooking;
  const button = (choice: 'approve' | 'reject') => ({
    size: 'xl',
    flex: 1,
    px: 'xs',
    // So that the longer of the words fits beside the other on any phone.
    fz: 'clamp(0.875rem, 4.4vw, 1.25rem)',
    disabled: isLooking || (isPending && chosen !== choice),
    loading: isPending && chosen === choice,
    onClick: () => decision.mutate(choice),
  });
  return (
    <div className={classes.bar}>
      <Stack gap="sm">
        {hasLooked ? <NotArrived /> : error && <FailureNotice error={error} />}
        {msLeft !== null && <Countdown msLeft={msLeft} mayBeSent={isLooking} />}
        <Group gap="sm" wrap="nowrap">
          <ActionButton variant="default" {...button('reject')}>
            Decline
          </ActionButton>
          <ActionButton {...button('approve')}>{isQuestion ? 'Accept and send' : 'Approve'}</ActionButton>
        </Group>
      </Stack>
    </div>
  );
}

/** After the look that follows a lost answer. */
function NotArrived() {
  return (
    <Notice role="alert" tone="caution" title="Your answer has not arrived">
      <Text size="sm">The gateway still waits for it: answer once more.</Text>
    </Notice>
  );
}

function Countdown({ msLeft, mayBeSent }: { msLeft: number; mayBeSent: boolean }) {
  return (
    <Text size="sm" ta="center" role="timer" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {!mayBeSent && 'Nothing is sent without your approval. '}
      <span style={{ whiteSpace: 'nowrap' }}>
        Expires in <b>{minutesAndSeconds(msLeft)}</b>
      </span>
    </Text>
  );
}

import { Button, Group, Stack, Text } from '@mantine/core';
import type { useDecision } from '../../api/intents.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { minutesAndSeconds } from '../../orders/numbers.ts';
import classes from './decision-bar.module.css';

interface DecisionBarProps {
  decision: ReturnType<typeof useDecision>;
  /** IBKR asks about an order that was approved before. */
  isQuestion: boolean;
  msLeft: number | null;
}

/** Approve and Reject, where a thumb reaches them. */
export function DecisionBar({ decision, isQuestion, msLeft }: DecisionBarProps) {
  const { isPending, variables: chosen, error } = decision;
  const button = (choice: 'approve' | 'reject') => ({
    size: 'xl',
    flex: 1,
    px: 'xs',
    disabled: isPending && chosen !== choice,
    loading: isPending && chosen === choice,
    onClick: () => decision.mutate(choice),
  });
  return (
    <div className={classes.bar}>
      <Stack gap="sm">
        {error && <FailureNotice error={error} />}
        {msLeft !== null && <Countdown msLeft={msLeft} />}
        <Group gap="sm" wrap="nowrap">
          <Button variant="default" {...button('reject')}>
            Reject
          </Button>
          <Button {...button('approve')}>{isQuestion ? 'Accept and send' : 'Approve'}</Button>
        </Group>
      </Stack>
    </div>
  );
}

function Countdown({ msLeft }: { msLeft: number }) {
  return (
    <Text size="sm" ta="center" role="timer" style={{ fontVariantNumeric: 'tabular-nums' }}>
      Nothing is sent without your yes. Expires in <b>{minutesAndSeconds(msLeft)}</b>
    </Text>
  );
}

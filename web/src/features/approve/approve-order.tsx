import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { Anchor, Group, List, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useApps } from '../../api/apps.ts';
import { useDecision } from '../../api/intents.ts';
import { age, maskedAccount } from '../../format/numbers.ts';
import { askerDetails, askerName } from '../../format/words/asker-words.ts';
import { orderWords, requestWords } from '../../format/words/order-words.ts';
import { ModeBadge } from '../../ui/values/mode-badge.tsx';
import { OrderSentence } from '../../ui/values/order-sentence.tsx';
import { useNow } from '../../ui/values/use-now.ts';
import { waitingOf } from '../../ui/waiting-orders/waiting.ts';
import classes from './approve-order.module.css';
import { DecisionBar } from './decision-bar.tsx';
import { OrderCost } from './order-cost.tsx';
import { Expired, Outcome } from './outcome.tsx';
import { Warnings } from './warnings.tsx';

interface ApproveOrderProps {
  intent: Intent;
  /** When it was read, in ms since 1970. */
  readAt: number;
  connection: Connection;
}

export function ApproveOrder({ intent, readAt, connection }: ApproveOrderProps) {
  const now = useNow();
  const decision = useDecision(intent);
  const { state, preview, question } = intent;
  const waiting = waitingOf(intent, now);
  // A decision that is under way is the gateway's to refuse.
  const isExpired = waiting?.isExpired === true && !decision.isPending;
  const isOpen = waiting !== null && !isExpired;
  return (
    <Stack gap="lg">
      <OrderHeading intent={intent} connection={connection} now={now} />
      <div role="status" className={classes.news}>
        {isExpired && <Expired intent={intent} />}
        {isOpen && state === 'awaiting_approval' && preview && preview.warnings.length > 0 && (
          <Warnings title="IBKR warns" warnings={preview.warnings} />
        )}
        {isOpen && question && (
          <Warnings title="Before it takes the order, IBKR asks" warnings={question.warnings} />
        )}
        {waiting === null && <Outcome intent={intent} isAnswer={!decision.isIdle} />}
      </div>
      {preview && <OrderCost intent={intent} preview={preview} now={now} isOpen={isOpen} />}
      {isOpen ? (
        <DecisionBar
          decision={decision}
          readAt={readAt}
          isQuestion={state === 'needs_reply'}
          msLeft={waiting.until === null ? null : waiting.until - now}
        />
      ) : (
        <Anchor component={Link} to="/connections">
          See what else waits for you
        </Anchor>
      )}
    </Stack>
  );
}

interface OrderHeadingProps {
  intent: Intent;
  connection: Connection;
  now: number;
}

function OrderHeading({ intent, connection, now }: OrderHeadingProps) {
  const { app, order, createdAt } = intent;
  const { how, also } = orderWords(order);
  const redirectHost = useApps(connection.id).data?.find(({ grantId }) => grantId === app.id)?.redirectHost;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <ModeBadge mode={connection.mode} />
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {connection.label}, account {maskedAccount(order.accountId)}
        </Text>
      </Group>
      <Title order={1} className={classes.what}>
        {requestWords(order)}
      </Title>
      <Text className={classes.how}>{how}</Text>
      <OrderSentence intent={intent} />
      {also.length > 0 && (
        <List>
          {also.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
      <Text style={{ overflowWrap: 'anywhere' }}>
        <b>{askerName(app)}</b>
        {askerDetails(app, redirectHost)} asked for this {age(now - Date.parse(createdAt))} ago.
      </Text>
    </Stack>
  );
}

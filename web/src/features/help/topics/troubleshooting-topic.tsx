import type { ErrorReference } from '@ibkr-gateway/functions/contract/site';
import { Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import { useReference } from '../../../api/reference.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { useFragment } from '../../../ui/text/scrolling.ts';
import { TopicLink } from '../topic-link.tsx';

export function TroubleshootingTopic() {
  return (
    <Prose>
      <Heading id="first">First</Heading>
      <ul>
        <li>
          Open the connection in the console: beside its name it says whether IBKR answers and, if not, what
          to do.
        </li>
        <li>
          Its Activity shows every call with its outcome; open one to see what was asked and what happened.
        </li>
        <li>
          <i>Try a tool</i> runs the same call without the host, which tells a fault of the host from one of
          IBKR.
        </li>
      </ul>

      <Heading id="host">The host cannot connect, or shows no tools</Heading>
      <ul>
        <li>
          Check that the URL ends in <code>/mcp</code>.
        </li>
        <li>
          A host that runs elsewhere, such as Claude.ai or ChatGPT, cannot reach <code>localhost</code>.
        </li>
        <li>
          The access may have been revoked or have run out: remove the connection in the host and add it
          again.
        </li>
        <li>
          Tools for orders are missing? Then the access is <TopicLink to="mcp#scopes">read-only</TopicLink>,
          or your plan with the host does not run tools that write.
        </li>
        <li>
          <Link to="/connect">Connect a host</Link> has the steps for each host.
        </li>
      </ul>

      <Heading id="order">An order was refused, or did not go out</Heading>
      <p>
        Open it under <i>Orders</i>, or its call under <i>Activity</i>: the reason is there.
      </p>
      <ul>
        <li>
          <b>One of your limits</b> forbids it (
          <TopicLink to="troubleshooting#limit_exceeded">limit_exceeded</TopicLink>): the message says which.
          If the order is right, change that under <i>Limits & approvals</i>.
        </li>
        <li>
          <b>Trading is off</b>, by a limit or since <i>Stop trading</i>: you turn it on again on the page of
          the connection.
        </li>
        <li>
          <b>Nobody approved it</b> within 15 minutes: nothing was sent, and the order can be asked for again
          (<TopicLink to="limits#approval">who approves</TopicLink>).
        </li>
        <li>
          <b>IBKR refused it</b> (<TopicLink to="troubleshooting#order_rejected">order_rejected</TopicLink>):
          the message has IBKR’s reason, such as a lack of funds or of a trading permission.
        </li>
        <li>
          <b>The answer was lost</b> (
          <TopicLink to="troubleshooting#order_state_unknown">order_state_unknown</TopicLink>): do not order
          again. The gateway looks the order up, and IBKR’s own app shows it too.
        </li>
      </ul>

      <Heading id="codes">Error codes</Heading>
      <p>A model tells you one of these, and Activity shows it.</p>
      <ErrorCodes />
    </Prose>
  );
}

/** Every code of the closed list, each with an address of its own. */
function ErrorCodes() {
  const { data, error, refetch } = useReference();
  useFragment(data !== undefined);
  if (data === undefined) {
    return error === null ? <Skeleton h={3000} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  return data.errors.map((entry) => <ErrorCode key={entry.code} entry={entry} />);
}

function ErrorCode({ entry: { code, meaning, remedy, retryable } }: { entry: ErrorReference }) {
  return (
    <>
      <Heading id={code} order={3}>
        <code>{code}</code>
      </Heading>
      <p>{meaning}</p>
      <p>
        <b>What to do:</b> {remedy}
        {retryable && ' The same call may work later.'}
      </p>
    </>
  );
}

import type { ErrorReference } from '@ibkr-gateway/functions/contract/site';
import { Skeleton } from '@mantine/core';
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
          Tools for orders are missing? Then the access is <TopicLink to="mcp#scopes">read-only</TopicLink>.
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

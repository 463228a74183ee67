import type { ToolReference } from '@ibkr-gateway/functions/contract/site';
import { Badge, Skeleton } from '@mantine/core';
import { useReference } from '../../../api/reference.ts';
import { endpointOf } from '../../../format/connect-snippets.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { useFragment } from '../../../ui/text/scrolling.ts';
import { Snippet } from '../../../ui/text/snippet.tsx';
import { TopicLink } from '../topic-link.tsx';
import classes from './mcp-topic.module.css';

export function McpTopic() {
  return (
    <Prose>
      <p>
        A host is the program in which you talk to an AI: Claude, ChatGPT, Cursor, VS Code. It reaches your
        account through MCP, the Model Context Protocol: the host asks this gateway which tools there are, and
        the model calls them when your question needs them.
      </p>
      <Snippet caption="MCP endpoint" text={endpointOf(window.location.origin)} of="MCP endpoint" />

      <Heading id="access">How a host gets access</Heading>
      <ul>
        <li>
          <b>By signing in.</b> You paste the endpoint, the host opens your browser, you sign in and choose
          one connection and what the host may do there. This is OAuth 2.1; the host finds out how by itself.
        </li>
        <li>
          <b>By an API key.</b> For scripts, and for hosts that take a header:{' '}
          <code>Authorization: Bearer ibkr_...</code> A key belongs to one connection.
        </li>
      </ul>
      <p>
        One access leads to one connection. To give a host two accounts that have different logins, connect it
        twice.
      </p>

      <Heading id="scopes">Read-only, and read & write</Heading>
      <ul>
        <li>
          <b>Read-only</b> sees the account and the market and can estimate what an order would cost. The
          tools that write are not even in its list.
        </li>
        <li>
          <b>Read & write</b> can also place, change and cancel orders, within{' '}
          <TopicLink to="limits">your limits and with the approval you ask for</TopicLink>.
        </li>
      </ul>
      <p>
        No tool withdraws or transfers money, changes your limits, or approves an order that waits for you.
      </p>

      <Heading id="errors">When a call fails</Heading>
      <p>
        The answer has <code>isError</code> and an error with a code, what happened, and a hint what to do. A
        model should call again only when <code>retryable</code> is true.{' '}
        <TopicLink to="troubleshooting">Troubleshooting</TopicLink> has all codes.
      </p>

      <Heading id="tools">Tools</Heading>
      <Tools />
    </Prose>
  );
}

/** Every tool, as the gateway defines it. */
function Tools() {
  const { data, error, refetch } = useReference();
  useFragment(data !== undefined);
  if (data === undefined) {
    return error === null ? <Skeleton h={1600} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  return (
    <dl className={classes.tools}>
      {data.tools.map((tool) => (
        <Tool key={tool.name} tool={tool} />
      ))}
    </dl>
  );
}

function Tool({ tool: { name, scope, description, inputSchema } }: { tool: ToolReference }) {
  const args = Object.keys(inputSchema.properties ?? {});
  return (
    <div className={classes.tool} id={name} tabIndex={-1}>
      <dt className={classes.name}>
        <code>{name}</code>
        <Badge variant="default" radius="sm" tt="none">
          {scope === 'write' ? 'read & write' : 'read'}
        </Badge>
      </dt>
      <dd>
        <p>{description}</p>
        {args.length > 0 && (
          <p className={classes.arguments}>
            Arguments:{' '}
            {args.map((arg, index) => (
              <span key={arg}>
                {index > 0 && ', '}
                <code>{arg}</code>
                {inputSchema.required?.includes(arg) && ' (required)'}
              </span>
            ))}
          </p>
        )}
      </dd>
    </div>
  );
}

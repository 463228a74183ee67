import { Link } from 'react-router';
import { curlCommand, KEY_PLACEHOLDER } from '../../../format/connect-snippets.ts';
import { Snippet } from '../../../ui/text/snippet.tsx';
import type { Host, StepsProps } from '../host.ts';

export const anyClient: Host = {
  id: 'other',
  name: 'Any MCP client',
  isHosted: false,
  offeredTo: 'Every client that speaks MCP over Streamable HTTP.',
  Steps: ClientSteps,
  KeySteps: ClientKeySteps,
};

export const curl: Host = {
  id: 'curl',
  name: 'curl and scripts',
  isHosted: false,
  offeredTo: 'Everybody with an API key.',
  Steps: CurlSteps,
  KeySteps: null,
};

function ClientSteps({ endpoint }: StepsProps) {
  return (
    <>
      <Snippet caption="URL; transport: Streamable HTTP" text={endpoint} of="URL" />
      <p>
        Authorization is OAuth 2.1 as MCP describes it. A client that is given only the URL finds out the
        rest: where to sign in, how to register itself (by dynamic registration or by a client metadata
        document), and the scopes <code>read</code> and <code>write</code>.
      </p>
    </>
  );
}

function ClientKeySteps() {
  return <Snippet caption="Header" text={`Authorization: Bearer ${KEY_PLACEHOLDER}`} of="header" />;
}

function CurlSteps({ endpoint }: StepsProps) {
  return (
    <>
      <p>
        A <Link to="/connections">connection</Link> has its API keys on its page, under <i>Keys</i>; with{' '}
        <i>New key</i> you make one for the script. The script sends it with each call, in place of{' '}
        <code>{KEY_PLACEHOLDER}</code>. A call is one POST of one JSON-RPC message; there is no session to
        open.
      </p>
      <Snippet caption="In a terminal: lists the tools" text={curlCommand(endpoint)} of="curl command" />
      <p>
        <i>Try a tool</i>, on the page of a connection, writes such a command for every tool.
      </p>
    </>
  );
}

import { claudeCode, claudeDesktop } from '../../../format/connect-snippets.ts';
import { Snippet } from '../../../ui/text/snippet.tsx';
import type { Host, StepsProps } from '../host.ts';

const CONNECTORS = 'https://claude.ai/customize/connectors';
const PLANS = 'Free (one connector of your own), Pro and Max. On Team and Enterprise an owner adds it first.';

export const claudeAi: Host = {
  id: 'claude',
  name: 'Claude.ai',
  isHosted: true,
  offeredTo: `${PLANS} Added on the web, it is in the mobile apps, too.`,
  Steps: ConnectorSteps,
  KeySteps: null,
};

export const claudeDesktopHost: Host = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  isHosted: true,
  offeredTo: `${PLANS} The connection comes from Anthropic’s servers, as for Claude.ai.`,
  Steps: ConnectorSteps,
  KeySteps: DesktopKeySteps,
};

export const claudeCodeHost: Host = {
  id: 'claude-code',
  name: 'Claude Code',
  isHosted: false,
  offeredTo: 'Everybody who uses Claude Code.',
  Steps: CodeSteps,
  KeySteps: CodeKeySteps,
};

function ConnectorSteps({ endpoint }: StepsProps) {
  return (
    <ol>
      <li>
        Open{' '}
        <a href={CONNECTORS} rel="noreferrer" target="_blank">
          Connectors
        </a>{' '}
        in Claude’s settings (under Customize in newer versions), press <b>+</b> and choose{' '}
        <b>Add custom connector</b>.
      </li>
      <li>
        Name it <i>IBKR</i> and paste the URL. Leave the OAuth fields under Advanced settings empty.
        <Snippet caption="Remote MCP server URL" text={endpoint} of="URL for Claude" />
      </li>
      <li>
        Press <b>Connect</b>. Sign in here, choose a connection and what Claude may do.
      </li>
      <li>In a chat, switch the connector on: + at the message box, then Connectors.</li>
    </ol>
  );
}

function DesktopKeySteps({ endpoint }: StepsProps) {
  return (
    <>
      <p>
        Claude Desktop takes no key for a connector. A small program, <code>mcp-remote</code>, can stand
        between; it runs on your machine, so it also reaches a gateway there. It needs Node.js. Put this into{' '}
        <code>claude_desktop_config.json</code> (Settings, Developer, Edit Config) and restart Claude Desktop.
      </p>
      <Snippet
        caption="claude_desktop_config.json"
        text={claudeDesktop.configWithKey(endpoint)}
        of="text for Claude Desktop"
      />
    </>
  );
}

function CodeSteps({ endpoint }: StepsProps) {
  return (
    <ol>
      <li>
        Add the server.
        <Snippet caption="In a terminal" text={claudeCode.command(endpoint)} of="command for Claude Code" />
      </li>
      <li>
        In Claude Code, type <code>/mcp</code>, choose <b>ibkr</b> and then <b>Authenticate</b>.
      </li>
      <li>Your browser opens. Sign in, choose a connection and what Claude Code may do.</li>
    </ol>
  );
}

function CodeKeySteps({ endpoint }: StepsProps) {
  return (
    <Snippet
      caption="In a terminal"
      text={claudeCode.commandWithKey(endpoint)}
      of="command with a key for Claude Code"
    />
  );
}

import { Button } from '@mantine/core';
import { cursor, vsCode } from '../../../format/connect-snippets.ts';
import { Snippet } from '../../../ui/text/snippet.tsx';
import type { Host, StepsProps } from '../host.ts';

export const cursorHost: Host = {
  id: 'cursor',
  name: 'Cursor',
  isHosted: false,
  offeredTo: 'Everybody who uses Cursor; an organization may restrict MCP servers.',
  Steps: CursorSteps,
  KeySteps: CursorKeySteps,
};

export const vsCodeHost: Host = {
  id: 'vscode',
  name: 'VS Code',
  isHosted: false,
  offeredTo: 'Everybody who uses Copilot Chat in agent mode; an organization may restrict MCP servers.',
  Steps: VsCodeSteps,
  KeySteps: VsCodeKeySteps,
};

function CursorSteps({ endpoint }: StepsProps) {
  return (
    <>
      <ol>
        <li>
          Let Cursor add the server; it asks you first.
          <p>
            <Button component="a" href={cursor.installLink(endpoint)}>
              Add to Cursor
            </Button>
          </p>
        </li>
        <li>
          In Cursor’s settings, at the MCP server <b>ibkr</b>, press <b>Connect</b> where it asks for a login.
        </li>
        <li>Your browser opens. Sign in, choose a connection and what Cursor may do.</li>
      </ol>
      <p>Or write it into the file yourself:</p>
      <Snippet caption="~/.cursor/mcp.json" text={cursor.config(endpoint)} of="text for Cursor" />
    </>
  );
}

function CursorKeySteps({ endpoint }: StepsProps) {
  return (
    <Snippet
      caption="~/.cursor/mcp.json"
      text={cursor.configWithKey(endpoint)}
      of="text with a key for Cursor"
    />
  );
}

function VsCodeSteps({ endpoint }: StepsProps) {
  return (
    <>
      <ol>
        <li>
          Let VS Code add the server; it asks you first.
          <p>
            <Button component="a" href={vsCode.installLink(endpoint)}>
              Add to VS Code
            </Button>
          </p>
        </li>
        <li>Start the server there. VS Code asks whether it may sign in; allow it.</li>
        <li>Your browser opens. Sign in, choose a connection and what VS Code may do.</li>
      </ol>
      <p>Or write it into the file yourself, which “MCP: Open User Configuration” opens:</p>
      <Snippet caption="mcp.json" text={vsCode.config(endpoint)} of="text for VS Code" />
    </>
  );
}

function VsCodeKeySteps({ endpoint }: StepsProps) {
  return (
    <>
      <p>VS Code asks for the key when it starts the server, and keeps it out of the file.</p>
      <Snippet caption="mcp.json" text={vsCode.configWithKey(endpoint)} of="text with a key for VS Code" />
    </>
  );
}

import { Snippet } from '../../../ui/text/snippet.tsx';
import type { Host, StepsProps } from '../host.ts';

const GUIDE = 'https://developers.openai.com/api/docs/guides/custom-mcp-server';

export const chatGpt: Host = {
  id: 'chatgpt',
  name: 'ChatGPT',
  isHosted: true,
  offeredTo:
    'ChatGPT on the web. Users report that Pro runs only tools that read, and that tools that write need Business or a larger plan; in a workspace an admin may have to allow it.',
  Steps,
  KeySteps: null,
};

function Steps({ endpoint }: StepsProps) {
  return (
    <>
      <ol>
        <li>
          Open{' '}
          <a href="https://chatgpt.com/plugins" rel="noreferrer" target="_blank">
            ChatGPT Plugins
          </a>
          , press <b>+</b> and choose <b>Add custom MCP server</b>.
        </li>
        <li>
          Name it <i>IBKR</i>, paste the URL, and choose <b>OAuth</b>.
          <Snippet caption="Server URL" text={endpoint} of="URL for ChatGPT" />
        </li>
        <li>
          Read the warning, continue, and create it. Sign in here, choose a connection and what ChatGPT may
          do.
        </li>
        <li>Install the plugin, then choose it in a chat.</li>
      </ol>
      <p>
        OpenAI moves these menus often; where they differ,{' '}
        <a href={GUIDE} rel="noreferrer" target="_blank">
          OpenAI’s guide
        </a>{' '}
        is right.
      </p>
    </>
  );
}

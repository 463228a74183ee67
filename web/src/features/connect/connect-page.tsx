import { Box, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useLocation, useNavigate } from 'react-router';
import { endpointOf, isOnThisMachine, KEY_PLACEHOLDER } from '../../format/connect-snippets.ts';
import { Notice } from '../../ui/notices/notice.tsx';
import { Prose } from '../../ui/text/prose.tsx';
import { useTopOfPage } from '../../ui/text/scrolling.ts';
import { Snippet } from '../../ui/text/snippet.tsx';
import type { Host } from './host.ts';
import { chatGpt } from './hosts/chatgpt.tsx';
import { claudeAi, claudeCodeHost, claudeDesktopHost } from './hosts/claude.tsx';
import { cursorHost, vsCodeHost } from './hosts/editors.tsx';
import { anyClient, curl } from './hosts/others.tsx';
import { Prompts } from './prompts.tsx';

const HOSTS: readonly Host[] = [
  claudeAi,
  chatGpt,
  claudeDesktopHost,
  claudeCodeHost,
  cursorHost,
  vsCodeHost,
  anyClient,
  curl,
];

/** `/connect`: how each host is pointed at this gateway; `/connect#cursor` opens the steps for one. */
export function ConnectPage() {
  useDocumentTitle('Connect a host · IBKR Gateway');
  useTopOfPage();
  const { origin } = window.location;
  const endpoint = endpointOf(origin);
  const isLocal = isOnThisMachine(origin);
  const { hash } = useLocation();
  const navigate = useNavigate();
  const usual = isLocal ? claudeCodeHost : claudeAi;
  const chosen = HOSTS.find(({ id }) => `#${id}` === hash) ?? usual;
  return (
    <Stack gap="lg">
      <Title order={1}>Connect a host</Title>
      <Text>
        A host is the program in which you talk to an AI. Give it this URL; it opens your browser, where you
        sign in and choose what it may see and do.
      </Text>
      <Snippet caption="MCP endpoint" text={endpoint} of="MCP endpoint" prominent />
      <Tabs
        variant="pills"
        value={chosen.id}
        onChange={(id) => navigate(`#${id}`, { replace: true })}
        mt="md"
      >
        <Tabs.List aria-label="Hosts" mb="lg">
          {HOSTS.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {HOSTS.map((host) => (
          <Tabs.Panel key={host.id} value={host.id}>
            {host === chosen && <HostGuide host={host} endpoint={endpoint} isLocal={isLocal} />}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Prompts />
    </Stack>
  );
}

interface HostGuideProps {
  host: Host;
  endpoint: string;
  isLocal: boolean;
}

function HostGuide({ host, endpoint, isLocal }: HostGuideProps) {
  const { name, isHosted, offeredTo, Steps, KeySteps } = host;
  return (
    <>
      <Prose>
        <Title order={2} size="h3" mb="xs">
          {name}
        </Title>
        <p>
          <b>Offered to:</b> {offeredTo}
        </p>
      </Prose>
      {isLocal && isHosted && <Unreachable name={name} hasWay={KeySteps !== null} />}
      <Prose>
        <Steps endpoint={endpoint} />
        {KeySteps !== null && (
          <>
            <Title order={3} size="h4" mt="xl" mb="xs">
              With an API key instead
            </Title>
            <p>
              A <Link to="/connections">connection</Link> has its keys on its page
              {isLocal && (
                <>
                  , and <code>npm start</code> prints one
                </>
              )}
              . Where <code>{KEY_PLACEHOLDER}</code> stands, put yours. Whoever holds it can use the account:
              keep it out of files that you share.
            </p>
            <KeySteps endpoint={endpoint} />
          </>
        )}
      </Prose>
    </>
  );
}

interface UnreachableProps {
  name: string;
  /** Whether there is a way with an API key below. */
  hasWay: boolean;
}

function Unreachable({ name, hasWay }: UnreachableProps) {
  return (
    <Box mb="md">
      <Notice tone="caution" title={`${name} cannot reach this gateway`}>
        <Text size="sm">
          It connects from its maker’s servers, and this gateway runs on your own machine.{' '}
          {hasWay
            ? 'The way with an API key, below, works here. For the steps that come first, deploy the gateway to a public address.'
            : 'Use Claude Code, Cursor or VS Code here, or deploy the gateway to a public address and follow these steps there.'}
        </Text>
      </Notice>
    </Box>
  );
}

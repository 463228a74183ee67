import { Code, List, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Snippet } from '../components/snippet.tsx';
import { connectSnippets, endpointOf, KEY_PLACEHOLDER } from '../connect-snippets.ts';

/** The public first page: what this is, where it is, how to call it, and what of it is simulated. */
export function HomePage() {
  useDocumentTitle('IBKR Gateway');
  const endpoint = endpointOf(window.location.origin);
  return (
    <Stack gap={48}>
      <Stack gap="lg">
        <Title order={1}>Connect an AI host to Interactive Brokers</Title>
        <Text size="lg">
          IBKR Gateway is a bridge between AI hosts (Claude Code, Cursor, VS Code or your own script) and an
          Interactive Brokers account. It is one URL that speaks MCP, the Model Context Protocol: with it and
          an API key, a host can read your portfolio, quotes and price history. Trading is optional: a read &
          write key can also place and cancel orders, a read-only key cannot.
        </Text>
        <Snippet caption="MCP endpoint" text={endpoint} of="MCP endpoint" prominent />
      </Stack>
      <Connect endpoint={endpoint} />
      <Simulated />
    </Stack>
  );
}

function Connect({ endpoint }: { endpoint: string }) {
  const snippets = connectSnippets(endpoint);
  return (
    <Stack component="section" gap="md" aria-labelledby="connect">
      <Title order={2} id="connect">
        Call it with an API key
      </Title>
      <Text>
        Put your key in place of <Code>{KEY_PLACEHOLDER}</Code>. When you run the gateway on your own machine,{' '}
        <Code style={{ whiteSpace: 'nowrap' }}>npm start</Code> prints one. Whoever holds a key can use the
        account behind it: keep it out of files that you share.
      </Text>
      <Tabs defaultValue="curl">
        <Tabs.List aria-labelledby="connect" mb="md">
          {snippets.map(({ client }) => (
            <Tabs.Tab key={client} value={client}>
              {client}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ client, where, text }) => (
          <Tabs.Panel key={client} value={client}>
            <Snippet caption={where} text={text} of={`text for ${client}`} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function Simulated() {
  return (
    <Stack component="section" gap="md" aria-labelledby="simulated">
      <Title order={2} id="simulated">
        What is simulated at present
      </Title>
      <Text>Only sandbox accounts take orders, and nothing in a sandbox account is real money.</Text>
      <List spacing="xs">
        <List.Item>
          <b>Money.</b> A sandbox account starts with 1,000,000 simulated US dollars and a small portfolio.
        </List.Item>
        <List.Item>
          <b>Prices.</b> Sandbox quotes and price history are generated: the instruments are real, the prices
          are not.
        </List.Item>
        <List.Item>
          <b>Orders.</b> A simulator fills sandbox orders. None reaches Interactive Brokers or an exchange.
        </List.Item>
        <List.Item>
          <b>Every other account.</b> Orders to it are refused.
        </List.Item>
      </List>
    </Stack>
  );
}

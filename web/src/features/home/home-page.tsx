import { Anchor, Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { endpointOf } from '../../format/connect-snippets.ts';
import { Snippet } from '../../ui/text/snippet.tsx';
import classes from './home-page.module.css';
import { OrderExample } from './order-example.tsx';
import { Permissions } from './permissions.tsx';
import { SignInButton } from './sign-in-button.tsx';

/** The public first page: what this is, how it works, and what a host may and may not do. */
export function HomePage() {
  useDocumentTitle('IBKR Gateway');
  return (
    <div className={classes.page}>
      <div className={classes.intro}>
        <Stack gap="lg">
          <Title order={1}>Connect an AI host to Interactive Brokers</Title>
          <Text size="lg">
            One URL lets Claude, ChatGPT, Cursor, VS Code or your own script see your portfolio, quotes and
            price history, and place orders where you allow it. You choose the account, what the host may do,
            and who approves an order. You can end it at any moment.
          </Text>
          <SignInButton />
        </Stack>
        <OrderExample />
      </div>
      <Steps />
      <Permissions />
      <Guards />
      <Simulated />
    </div>
  );
}

function Steps() {
  return (
    <Section id="steps" title="How it works">
      <ol className={classes.steps}>
        <li>
          <Title order={3} size="h4">
            Add a connection
          </Title>
          <Text>To your account at IBKR, or to a sandbox: a simulated account that takes one click.</Text>
        </li>
        <li>
          <Title order={3} size="h4">
            Give your host this URL
          </Title>
          <Snippet caption="MCP endpoint" text={endpointOf(window.location.origin)} of="MCP endpoint" />
          <Text>
            It opens your browser. You sign in, pick the connection, and choose read-only or read & write.{' '}
            <Anchor component={Link} to="/connect" underline="always">
              Steps for each host
            </Anchor>
          </Text>
        </li>
        <li>
          <Title order={3} size="h4">
            Ask
          </Title>
          <Text>
            “How is my portfolio doing today?” “What would 10 NVDA cost me, and what would it do to my
            margin?”
          </Text>
        </li>
      </ol>
    </Section>
  );
}

function Guards() {
  return (
    <Section id="guards" title="Who keeps watch">
      <List spacing="sm">
        <List.Item>
          <b>You approve orders, if you want to.</b> Then an order waits until you have seen it, with its cost
          and IBKR’s warnings, and approved it on your phone. The AI cannot do that for you.
        </List.Item>
        <List.Item>
          <b>Your limits hold on the server.</b> Value of an order and of a day, symbols, kinds of
          instruments, short selling, trading hours: for a connection, and tighter for one app or key.
        </List.Item>
        <List.Item>
          <b>Access ends when you say so.</b> A revoked app or key is refused on its next call.{' '}
          <i>Stop trading</i> cancels working orders and refuses new ones.
        </List.Item>
        <List.Item>
          <b>You can see what was asked.</b> Each call is listed with the app, the tool and the outcome.
        </List.Item>
      </List>
      <Text>
        None of this makes an AI right. It can misread you or a price, and text that it reads may try to steer
        it. Start with read-only.{' '}
        <Anchor component={Link} to="/help/security" underline="always">
          Security and privacy in plain words
        </Anchor>
      </Text>
    </Section>
  );
}

function Simulated() {
  return (
    <Section id="simulated" title="What is simulated, and what is not">
      <Text>
        <b>Nothing in a sandbox is real money.</b> Its prices and fills are made up; the instruments are real.
        Every other connection goes to IBKR itself, where an order on a live account is an order. The gateway
        has been tested against IBKR’s documentation, recordings and a simulator, and{' '}
        <b>not yet against IBKR’s own servers</b>: begin with a paper account.
      </Text>
      <Group>
        <Button component={Link} to="/connect" variant="default">
          Connect a host
        </Button>
        <Button component={Link} to="/help" variant="default">
          Read the help
        </Button>
      </Group>
    </Section>
  );
}

interface SectionProps {
  id: string;
  title: string;
  children: ReactNode;
}

function Section({ id, title, children }: SectionProps) {
  return (
    <Stack component="section" gap="md" aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {children}
    </Stack>
  );
}

import type { ComponentType } from 'react';
import { GatewayTopic } from './topics/gateway-topic.tsx';
import { IbkrOauthTopic } from './topics/ibkr-oauth-topic.tsx';
import { LimitsTopic } from './topics/limits-topic.tsx';
import { LiveTopic } from './topics/live-topic.tsx';
import { ManagedTopic } from './topics/managed-topic.tsx';
import { McpTopic } from './topics/mcp-topic.tsx';
import { OperatorTopic } from './topics/operator-topic.tsx';
import { PaperTopic } from './topics/paper-topic.tsx';
import { PrivacyTopic } from './topics/privacy-topic.tsx';
import { SecurityTopic } from './topics/security-topic.tsx';
import { TermsTopic } from './topics/terms-topic.tsx';
import { TroubleshootingTopic } from './topics/troubleshooting-topic.tsx';

/** One page of the help. */
export interface Topic {
  /** Its address below `/help/`. */
  path: string;
  title: string;
  /** What one finds there, in a sentence. */
  summary: string;
  Content: ComponentType;
}

export const TOPICS: readonly Topic[] = [
  {
    path: 'mcp',
    title: 'What a host can do',
    summary: 'The endpoint, read-only against read & write, and every tool.',
    Content: McpTopic,
  },
  {
    path: 'limits',
    title: 'Limits and approvals',
    summary: 'Who has to approve an order, what may be ordered, and how to stop everything.',
    Content: LimitsTopic,
  },
  {
    path: 'paper',
    title: 'Paper accounts',
    summary: 'Try things out without real money: a sandbox here, or IBKR’s own paper account.',
    Content: PaperTopic,
  },
  {
    path: 'live',
    title: 'Connecting a live account',
    summary: 'Which way to choose, what IBKR asks of the account, and what to expect of its sessions.',
    Content: LiveTopic,
  },
  {
    path: 'managed',
    title: 'Signing in by name and password',
    summary: 'What is stored, the authenticator app, a second username, and what each state means.',
    Content: ManagedTopic,
  },
  {
    path: 'ibkr-oauth',
    title: 'Setting up IBKR OAuth',
    summary: 'Keys and tokens from IBKR’s self-service portal, step by step. No daily sign-in.',
    Content: IbkrOauthTopic,
  },
  {
    path: 'gateway',
    title: 'Setting up the Client Portal Gateway',
    summary: 'IBKR’s own program on your own computer, with a sign-in every day.',
    Content: GatewayTopic,
  },
  {
    path: 'security',
    title: 'Security',
    summary: 'What a host sees, what can still go wrong, and how to take access back.',
    Content: SecurityTopic,
  },
  {
    path: 'privacy',
    title: 'Privacy',
    summary: 'All that is kept about you and for how long, your data as a file, and deleting it.',
    Content: PrivacyTopic,
  },
  {
    path: 'troubleshooting',
    title: 'Troubleshooting',
    summary: 'Why a host cannot connect or an order was refused, and what each error code means.',
    Content: TroubleshootingTopic,
  },
  {
    path: 'operator',
    title: 'Who runs this',
    summary: 'The operator of this deployment, how to reach them, its status and what it costs.',
    Content: OperatorTopic,
  },
  {
    path: 'terms',
    title: 'Terms',
    summary: 'What you may expect of this service, and what it does not promise.',
    Content: TermsTopic,
  },
];

/** What differs between the kinds of connections on the pages: an object each, in the order in which they are offered. */

import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import type { ConnectionKind, KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import type { ComponentType } from 'react';
import { lazyPage } from '../pages/lazy-page.ts';
import { formOfFields } from './secret-fields.ts';
import type { SecretsFormProps } from './secrets-form.tsx';

/** How connections of a kind sign in, and the forms for that. */
interface Login {
  /** Of the page that adds one. */
  title: string;
  suggestedLabel: string;
  /** Of the last part of that page. */
  lastStep: string;
  /** Of the part of the settings that replaces what one signs in with. */
  secretsTitle: string;
  /** The fields for it, within the form that they are given. */
  Form: ComponentType<SecretsFormProps>;
}

interface Kind {
  /** Within a line. */
  label: string;
  /** Where it is offered. */
  title: string;
  description: string;
  /** Begins to add one. */
  action: string;
  /** What becomes of the account when a connection is deleted. */
  afterDeletion: string;
  /** What goes with the connection. */
  deleted: string;
  /** Which of IBKR's warnings it accepts besides those that can be chosen. */
  acceptedBesides?: string;
  /** What states of its session mean that mean something else to other kinds. */
  stateWords?: Partial<Record<SessionStatus['state'], string>>;
  /** Null: it signs in with nothing and is added at once; whether it is paper, and whose session it is, is no question. */
  login: Login | null;
}

const AT_IBKR = {
  afterDeletion:
    'Your account at IBKR, its positions and its orders are not touched: working orders stay open.',
  deleted: 'what it signs in to IBKR with',
};

export const KINDS: Readonly<{
  [Name in ConnectionKind]: Kind & { login: Name extends KindWithSecrets ? Login : null };
}> = {
  sandbox: {
    label: 'Sandbox: a simulated account',
    title: 'Sandbox',
    description:
      'A simulated account with a million simulated dollars and a small portfolio. Ready at once, and nothing in it is real: to try out hosts, orders and limits.',
    action: 'Add a sandbox',
    afterDeletion: 'Its simulated account cannot be reached again.',
    deleted: 'its simulated account',
    acceptedBesides: 'A sandbox also accepts the other warnings of its simulator.',
    login: null,
  },
  managed: {
    label: 'IBKR name and password',
    title: 'IBKR name and password',
    description:
      'This gateway signs in to IBKR for you, with your username, password and authenticator app. Nothing to run and no waiting. Your password is stored here, sealed: read what that means before you enter it.',
    action: 'Enter name and password',
    ...AT_IBKR,
    stateWords: {
      signed_out: 'Signed out at IBKR',
      credentials_rejected: 'IBKR refused your name, password or code',
    },
    login: {
      title: 'Add IBKR name and password',
      suggestedLabel: 'My IBKR account',
      lastStep: 'Name and account',
      secretsTitle: 'Name and password',
      Form: formOfFields('managed', {
        title: 'IBKR user',
        fields: {
          username: {
            label: 'Username',
            help: 'Of IBKR. Paper accounts have one of their own.',
            missing: 'Enter the name that you sign in to IBKR with.',
          },
          password: {
            label: 'Password',
            help: 'If IBKR refuses it, it is not tried again before you change it here.',
            missing: 'Enter the password of that user.',
            isHidden: true,
            isVerbatim: true,
          },
          totpSecret: {
            label: 'Activation code of your authenticator app',
            help: 'The letters and digits under the QR code that IBKR shows when you add an authenticator app. Without it, you are asked for a code whenever IBKR wants one. Paper accounts usually need none.',
            isHidden: true,
          },
          signInUrl: {
            label: 'Address of the sign-in',
            help: 'On your own machine only: the simulator that stands in for IBKR. Leave it empty to sign in to IBKR itself.',
            placeholder: 'http://localhost:4290',
            isForOwnMachine: true,
          },
        },
        Preparation: lazyPage(() => import('./managed-preparation.tsx'), 'WhatIsStored'),
        Demo: lazyPage(() => import('./managed-demo.tsx'), 'DemoUser'),
      }),
    },
  },
  oauth: {
    label: 'IBKR OAuth',
    title: 'IBKR OAuth',
    description:
      'Straight to IBKR, with no program to run and no daily sign-in. You register key files in IBKR’s portal once; IBKR takes from a day to two weeks to activate them. Needs an IBKR Pro account.',
    action: 'Set up OAuth',
    ...AT_IBKR,
    stateWords: { signed_out: 'Signed out at IBKR' },
    login: {
      title: 'Add IBKR OAuth',
      suggestedLabel: 'My IBKR account',
      lastStep: '4. Name and account',
      secretsTitle: 'Credentials',
      Form: lazyPage(() => import('./oauth/oauth-form.tsx'), 'OAuthForm'),
    },
  },
  gateway: {
    label: 'Client Portal Gateway',
    title: 'Client Portal Gateway',
    description:
      'IBKR’s own gateway program, which you run and sign in to, usually every day. Works at once, with any account that has API access.',
    action: 'Set up a gateway',
    ...AT_IBKR,
    stateWords: { unavailable: 'Not connected' },
    login: {
      title: 'Add a Client Portal Gateway',
      suggestedLabel: 'My gateway',
      lastStep: 'Name and account',
      secretsTitle: 'Gateway',
      Form: lazyPage(() => import('./gateway-form.tsx'), 'GatewayForm'),
    },
  },
};

export const KIND_NAMES = Object.keys(KINDS) as ConnectionKind[];

/** Whether it is the name of a kind that signs in with something. */
export function hasSecrets(name: string | undefined): name is KindWithSecrets {
  return KIND_NAMES.some((kind) => kind === name && KINDS[kind].login !== null);
}

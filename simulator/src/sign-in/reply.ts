/** What `/sso/Authenticator` answers, in its two forms. */

import type { Answer } from '../http/answer.ts';
import type { SecondFactor } from './user-settings.ts';

/** `ini_params` of the XML form; members of the whole in the JSON form. */
export interface ExchangeStart {
  readonly B: string;
  readonly s: string;
  readonly rsapub: string;
  readonly N: string;
  /** Decimal. */
  readonly g: string;
  readonly hash: string;
  readonly proto: string;
  readonly lp: boolean;
  readonly paper: boolean;
}

export interface Reply {
  readonly start?: ExchangeStart;
  readonly M2?: string;
  readonly reachedMaxLogin?: boolean;
  readonly secondFactors?: readonly SecondFactor[];
  readonly twoFactor?: { readonly type: string; readonly challenge: string | undefined };
  readonly isAuthenticated?: boolean;
  readonly error?: string;
}

export function writeReply(reply: Reply, isJson: boolean): Answer {
  return isJson ? json(reply) : xml(reply);
}

function json(reply: Reply): Answer {
  const body = {
    ...reply.start,
    M2: reply.M2,
    reached_max_login: reply.reachedMaxLogin,
    sftypes: reply.secondFactors,
    two_factor: reply.twoFactor,
    auth_res: reply.isAuthenticated,
    error: reply.error ?? '',
  };
  return { status: 200, body };
}

function xml({
  start,
  M2,
  reachedMaxLogin,
  secondFactors,
  twoFactor,
  isAuthenticated,
  error,
}: Reply): Answer {
  const parts = [
    ...(start || reachedMaxLogin !== undefined
      ? [element('ini_params', elements({ ...start, M2: M2 ?? '' }))]
      : []),
    ...(reachedMaxLogin === undefined
      ? []
      : [element('auth_info', elements({ reached_max_login: reachedMaxLogin }))]),
    ...(secondFactors === undefined ? [] : [element('sftypes', secondFactors.join(','))]),
    ...(twoFactor === undefined ? [] : [element('two_factor', elements(twoFactor))]),
    elements({ auth_res: isAuthenticated, error }),
  ];
  const body = `<?xml version="1.0" encoding="UTF-8"?>${element('ib_auth_res', parts.join(''))}`;
  return { status: 200, body, headers: { 'Content-Type': 'text/xml;charset=utf-8' } };
}

function elements(values: Readonly<Record<string, string | boolean | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : element(name, String(value))))
    .join('');
}

/** None of the values has a character that XML would want written otherwise. */
function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

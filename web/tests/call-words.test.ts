/** What the activity says of what an owner changed. */
import type { Call } from '@ibkr-gateway/functions/contract/audit';
import { expect, it } from 'vitest';
import { callDetail, callTitle } from '../src/features/activity/call-words.ts';

const words = (tool: string, args: object) => {
  const call = { source: 'console', tool, arguments: JSON.stringify(args) } as Partial<Call> as Call;
  return `${callTitle(call)} · ${callDetail(call)}`;
};

it.each<[string, object, string]>([
  [
    'key.change',
    {
      label: 'job',
      last: 'abcd',
      limits: { maxOrderValue: { from: 1_000, to: 5_000 }, shortSelling: { from: null, to: false } },
      approval: { from: 'owner', to: null },
    },
    'You changed the key job · Most per order: 5,000\u00a0in the base currency instead of 1,000\u00a0in the base currency, Refuse short sales: on instead of off, Approval: “The usual rule” instead of “You, for every order”',
  ],
  [
    'key.change',
    { label: { from: 'job', to: 'night job' }, last: 'abcd' },
    'You changed the key job · name: “night job” instead of “job”',
  ],
  [
    'connection.change',
    { label: 'Home', allowTakeover: { from: false, to: true }, acceptedWarnings: { from: [], to: ['o163'] } },
    'You changed the settings · allow takeover: on instead of off, accepted warnings',
  ],
  [
    'resume',
    { label: 'Home', limits: { trading: { from: false, to: true } } },
    'You resumed trading · Trading: on instead of off',
  ],
  // Of before old and new were kept.
  [
    'app.change',
    { label: 'Host', limits: { maxOrderValue: 5 }, approval: 'owner' },
    'You changed the rules of the app Host · limits, approval',
  ],
])('a line of %s', (tool, args, line) => {
  expect(words(tool, args)).toBe(line);
});

it('says that an act was tried where it was refused', () => {
  const call = { source: 'console', tool: 'key.revoke', arguments: '{"label":"job"}', outcome: 'error' };
  expect(callTitle(call as Partial<Call> as Call)).toBe('You tried to revoke the key job');
});

it.each<[string, object, string]>([
  ['key.expire', { label: 'job', last: 'abcd' }, 'Expired: the key job · '],
  [
    'order.find',
    { order: 'BUY 1 NVDA LMT', from: 'unknown', to: 'not_placed' },
    'The status of an order changed · BUY 1 NVDA LMT: Not placed (was: Status unknown)',
  ],
  [
    'stop.continue',
    { asked: ['1', '2'], remaining: 0, accountsLeft: 0, isOver: true },
    'Stop trading continued · IBKR was asked to cancel 2 orders, no order is left',
  ],
])('says what the gateway did by itself: %s', (tool, args, line) => {
  const call = { source: 'schedule', tool, arguments: JSON.stringify(args), outcome: 'ok' };
  const told = call as Partial<Call> as Call;
  expect(`${callTitle(told)} · ${callDetail(told)}`).toBe(line);
});

it('believes no app by the name of a tool that it makes up', () => {
  const call = { source: 'oauth', tool: 'key.expire', arguments: '{}', outcome: 'error' };
  expect(callTitle(call as Partial<Call> as Call)).toBe('key.expire');
});

it('shows what a caller hides in its arguments', () => {
  // As the gateway keeps it.
  const args = String.raw`{"symbol":"\u202eADVN","no\u200bte":"a\\u0041"}`;
  const call = {
    source: 'api_key',
    tool: 'get_quote',
    arguments: args,
    clientName: 'bot',
    credentialLabel: 'job',
  };
  const line = String.raw`\u202eADVN, no\u200bte a\u0041 · bot, key job`;
  expect(callDetail(call as Partial<Call> as Call)).toBe(line);
});

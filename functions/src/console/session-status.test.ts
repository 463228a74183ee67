import { expect, it } from 'vitest';
import type { KnownSession } from '../store/sessions.ts';
import { sessionStatus } from './session-status.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const gateway = { kind: 'gateway', mode: 'paper', pacedUntil: null } as const;
const well: KnownSession = {
  openedAt: Date.parse('2026-11-20T09:12:00Z'),
  credentialsRejectedAt: null,
  trouble: null,
  accountIds: ['DU1234567'],
  isKeptAlive: true,
};
const at = Date.parse('2026-11-20T14:00:00Z');

it.each<[string, Partial<KnownSession>, string, string | null]>([
  ['one that is kept alive', {}, 'connected', '2026-11-20T09:12:00.000Z'],
  ['one left to itself', { isKeptAlive: false }, 'idle', '2026-11-20T09:12:00.000Z'],
  ['one of a live account', { accountIds: ['U1234567'] }, 'wrong_mode', '2026-11-20T09:12:00.000Z'],
  ['one never opened', { openedAt: null }, 'unused', null],
  [
    'one that needs its person',
    { trouble: { code: 'session_expired', at } },
    'signed_out',
    '2026-11-20T14:00:00.000Z',
  ],
  [
    'one that TWS has',
    { trouble: { code: 'session_competing', at } },
    'held_elsewhere',
    '2026-11-20T14:00:00.000Z',
  ],
  [
    'one behind a dead line',
    { trouble: { code: 'ibkr_timeout', at } },
    'unavailable',
    '2026-11-20T14:00:00.000Z',
  ],
  [
    'one with refused credentials',
    { credentialsRejectedAt: at, trouble: { code: 'credentials_rejected', at } },
    'credentials_rejected',
    '2026-11-20T14:00:00.000Z',
  ],
])('tells of %s', (_, known, state, since) => {
  expect(sessionStatus(gateway, { ...well, ...known }, NOW)).toEqual({ state, since, until: null });
});

it('is paused for as long as IBKR asks for fewer calls', () => {
  const paused = sessionStatus({ ...gateway, pacedUntil: NOW + 1000 }, well, NOW);
  expect(paused).toEqual({ state: 'paused', since: null, until: '2026-11-20T15:00:01.000Z' });
  expect(sessionStatus({ ...gateway, pacedUntil: NOW - 1000 }, well, NOW).state).toBe('connected');
});

it('counts a sandbox that was opened as connected, since nobody keeps those alive', () => {
  const sandbox = { kind: 'sandbox', mode: 'paper', pacedUntil: null } as const;
  expect(sessionStatus(sandbox, { ...well, isKeptAlive: false }, NOW).state).toBe('connected');
  expect(sessionStatus(sandbox, undefined, NOW).state).toBe('unused');
});

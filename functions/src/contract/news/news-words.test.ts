import { expect, it } from 'vitest';
import type { News } from './news.ts';
import { newsWords } from './news-words.ts';

const TOLD = { id: 'one', at: '2026-11-20T15:00:00.000Z', connectionId: 'c' };
const ORDER = { intentId: 'i', order: 'BUY 10 NVDA MKT DAY', averagePrice: null, reason: null };

const SAID: [News, string][] = [
  [
    { ...TOLD, ...ORDER, type: 'order.filled', filledQuantity: 10, averagePrice: 173.14 },
    'Filled: 10 at 173.14',
  ],
  [{ ...TOLD, ...ORDER, type: 'order.partly_filled', filledQuantity: 2.5 }, 'Partly filled: 2.5'],
  [{ ...TOLD, ...ORDER, type: 'order.filled', filledQuantity: null }, 'Filled'],
  [
    { ...TOLD, ...ORDER, type: 'order.refused', filledQuantity: null, reason: 'No permission' },
    'Refused by IBKR: No permission',
  ],
  [{ ...TOLD, ...ORDER, type: 'order.refused', filledQuantity: null }, 'Refused by IBKR'],
  [{ ...TOLD, type: 'session.needs_person', state: 'signed_out' }, 'IBKR needs you to sign in'],
  [{ ...TOLD, type: 'session.needs_person', state: 'locked' }, 'IBKR has locked the user'],
  [
    { ...TOLD, type: 'trading.stop_unfinished', remaining: 1 },
    'One order may still be working after the stop',
  ],
  [
    { ...TOLD, type: 'trading.stop_unfinished', remaining: null },
    'Orders may still be working after the stop',
  ],
  [
    { ...TOLD, type: 'app.connected', name: 'Claude', scope: 'write', isReplayed: false },
    'Claude was connected, to read and trade',
  ],
  [
    { ...TOLD, type: 'app.revoked', name: 'Claude', scope: 'read', isReplayed: true },
    'Claude was disconnected, because one of its codes or tokens was used twice',
  ],
  [
    { ...TOLD, type: 'key.new_place', label: 'nightly', address: '203.0.113.7' },
    'The key nightly was used from a new network, 203.0.113.7',
  ],
];

it.each(SAID)('says of %j', (news, words) => {
  expect(newsWords(news)).toBe(words);
});

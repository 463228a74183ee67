import { expect, it } from 'vitest';
import type { News } from '../../contract/news/news.ts';
import { confirmationMail, newsMail } from './mail-words.ts';

const ORIGIN = 'https://gateway.example';
const STOP = 'https://gateway.example/email/stop/c/t';
const AT = '2026-11-30T14:05:00.000Z';

const waiting: News = {
  ...{ id: 'order-1-1-0-order_waiting', at: AT, connectionId: 'mine', type: 'order.waiting', intentId: 'i1' },
  ...{ order: 'BUY 2 NVDA at most 100 USD, account DU1234567', filledQuantity: null, averagePrice: null },
  reason: 'DU1234567 has no margin',
};
const needed: News = { id: 's', at: AT, connectionId: 'mine', type: 'session.needs_person', state: 'locked' };

it('tells of one thing what it is and where to see it, and nothing of what is in it', () => {
  expect(newsMail(ORIGIN, [waiting], STOP)).toEqual({
    subject: 'An order waits for you',
    text: `30 Nov, 14:05 UTC: An order waits for you.
https://gateway.example/approve/i1

To stop these emails:
https://gateway.example/email/stop/c/t
`,
  });
});

it('tells of several in one mail, and of many how many more there are', () => {
  expect(newsMail(ORIGIN, [waiting, needed], STOP).text).toBe(`2 news items from IBKR Gateway:

30 Nov, 14:05 UTC: An order waits for you.
https://gateway.example/approve/i1

30 Nov, 14:05 UTC: IBKR needs you.
https://gateway.example/connections/mine

To stop these emails:
https://gateway.example/email/stop/c/t
`);
  const many = newsMail(
    ORIGIN,
    Array.from({ length: 45 }, () => needed),
    STOP,
  );
  expect(many.subject).toBe('45 news items');
  expect(many.text).toContain('And 15 more:\nhttps://gateway.example/news\n');
  expect(many.text.match(/IBKR needs you/g)).toHaveLength(30);
});

it('asks whoever reads mail at an address whether it is wanted', () => {
  const link = `${ORIGIN}/email/confirm/c/t`;
  expect(
    confirmationMail(ORIGIN, link).text,
  ).toBe(`Someone who uses IBKR Gateway at gateway.example asked for its news to be sent to this address.
If that was you, confirm it on this page within three days:

https://gateway.example/email/confirm/c/t

If it was not you, ignore this email: nothing else will be sent.
`);
});

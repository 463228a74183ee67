import { expect, it } from 'vitest';
import { newsItem } from './news-item.ts';

const told = { id: 'n', ownerUid: 'o', connectionId: 'c', at: new Date('2026-11-29T12:00:00Z') };
const order = {
  accountId: 'DU1234567',
  contract: { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
  ticket: { conid: 4815747, side: 'BUY', quantity: 10, orderType: 'MKT', tif: 'DAY' },
};

it.each(['No money in DU1234567', 'U7654567A/u1234567 is restricted (DF99567)', 'Account:du1234567.'])(
  'shows no whole account number of an order that IBKR refused with “%s”',
  (reason) => {
    const news = newsItem({
      ...told,
      type: 'order.refused',
      intentId: 'i',
      order: JSON.stringify(order),
      held: null,
      accountMode: 'paper',
      filledQuantity: null,
      averagePrice: null,
      reason,
    });
    expect(JSON.stringify(news)).not.toMatch(/[a-z]\d{5}/i);
    expect(news).toMatchObject({
      order: expect.stringContaining('in ••••567 (paper)'),
      reason: expect.stringMatching(/••••\w{3}/),
    });
  },
);

it('shows no whole account number of a limit that kept an order back', () => {
  const reason = 'Most per day of DU1234567 is reached.';
  expect(newsItem({ ...told, type: 'limit.reached', name: 'bot', reason })).toMatchObject({
    reason: 'Most per day of ••••567 is reached.',
  });
});

import { describe, expect, test } from 'vitest';
import { orderAnswerSchema, outcomeOf } from './order-outcome.ts';
import type { OrderTicket } from './order-ticket.ts';

const single: OrderTicket = {
  conid: 265598,
  side: 'BUY',
  quantity: 10,
  orderType: 'LMT',
  limitPrice: 180,
  tif: 'GTC',
  clientOrderId: 'brk-1',
};
const bracket: OrderTicket = {
  ...single,
  takeProfit: { limitPrice: 200 },
  stopLoss: { stopPrice: 170 },
};

const outcome = (body: unknown, sent: readonly OrderTicket[] = [single]) =>
  outcomeOf(orderAnswerSchema.parse(body), sent);

const parent = { order_id: '100', local_order_id: 'brk-1', order_status: 'PreSubmitted' };
const child = (id: string) => ({ order_id: id, parent_order_id: '100', order_status: 'PreSubmitted' });
const failed = { order_id: '-1', order_status: 'Failed', text: 'Invalid price' };

describe('a bracket', () => {
  test('is taken whatever the order of the rows', () => {
    for (const rows of [
      [child('101'), child('102'), parent],
      [child('101'), parent, child('102')],
      [parent, child('101'), child('102')],
    ]) {
      expect(outcome(rows, [bracket])).toEqual({
        kind: 'accepted',
        orderId: '100',
        status: 'PreSubmitted',
        others: ['101', '102'].map((orderId) => ({
          orderId,
          clientOrderId: null,
          parentOrderId: '100',
          status: 'PreSubmitted',
        })),
        refusals: [],
      });
    }
  });

  test('of which an exit failed says which one exists', () => {
    expect(outcome([failed, child('102'), parent], [bracket])).toMatchObject({
      kind: 'accepted',
      orderId: '100',
      others: [{ orderId: '102' }],
      refusals: ['Invalid price'],
    });
  });

  test('answered by its exits alone is not known', () => {
    expect(outcome([child('101'), child('102')], [bracket])).toMatchObject({
      kind: 'unknown',
      orderId: '100',
    });
  });

  test('answered with one bare error may have left its entry working', () => {
    const error = { error: 'Invalid contract' };
    expect(outcome(error, [bracket])).toEqual({
      kind: 'unknown',
      orderId: null,
      reason: 'Invalid contract',
    });
    expect(outcome(error, [single])).toEqual({ kind: 'rejected', reason: 'Invalid contract' });
    expect(outcome({ error: 'Order not confirmed ' }, [bracket])).toMatchObject({ kind: 'rejected' });
    expect(outcome([failed, failed, failed], [bracket])).toMatchObject({ kind: 'rejected' });
  });

  test('that is half taken and half asked about is not known', () => {
    expect(outcome([parent, { id: 'r', message: ['Sure?'], messageIds: ['o163'] }], [bracket])).toMatchObject(
      { kind: 'unknown', orderId: '100' },
    );
  });
});

test('an id of 0 is that of no order, so that the answer is not understood', () => {
  for (const order_id of [0, '0', null, '']) {
    expect(orderAnswerSchema.safeParse([{ ...parent, order_id }]).success).toBe(false);
  }
});

test('a refusal in the form of an order is one in any capitals', () => {
  expect(outcome([{ ...failed, order_id: '7', order_status: 'FAILED' }])).toEqual({
    kind: 'rejected',
    reason: 'Invalid price',
  });
});

test('a pair tells the other order', () => {
  const second = { ...single, clientOrderId: 'brk-2' };
  const rows = [{ order_id: '201', local_order_id: 'brk-2', order_status: 'Submitted' }, parent];
  expect(outcome(rows, [single, second])).toMatchObject({
    kind: 'accepted',
    orderId: '100',
    others: [{ orderId: '201', clientOrderId: 'brk-2' }],
  });
});

test.each([
  [
    "Order couldn't be submitted: Local order ID=brk-1 is already registered",
    { kind: 'duplicate', reason: expect.stringContaining('already registered') },
  ],
  ["reply id not found: '07a13a5a'", { kind: 'expired', reason: expect.any(String) }],
  ['No trading permission', { kind: 'rejected', reason: 'No trading permission' }],
])('the error "%s"', (error, expected) => {
  expect(outcome({ error })).toEqual(expected);
  expect(outcome({ error }, [])).toEqual(expected);
});

test('a prompt of the server leaves open what becomes of the order', () => {
  const prompt = {
    orderId: 987654,
    reqId: '12345',
    dismissable: [],
    text: 'Your order may be <b>rejected</b>.\nUse price management?',
    options: ['Use on this order', 'Do not use'],
    type: 'M',
    messageId: 'p12',
    prompt: true,
  };
  expect(outcome(prompt)).toEqual({
    kind: 'unknown',
    orderId: '987654',
    reason: 'Your order may be rejected . Use price management?',
  });
});

test('a question is plain text, and several are one without ids', () => {
  const rows = [
    { id: 'first', message: ['price <b>exceeds</b>\nthe limit of 3%.'], messageIds: ['o163'] },
    { id: 'second', message: ['x'.repeat(5_000)], messageIds: [] },
  ];
  expect(outcome(rows)).toEqual({
    kind: 'question',
    replyId: 'first',
    messages: ['price exceeds the limit of 3%.', expect.any(String)],
    messageIds: [],
  });
  expect(outcome(rows.slice(0, 1))).toMatchObject({ messageIds: ['o163'] });
  const [, long] = rows;
  expect(outcome(long)).toMatchObject({ messages: [expect.stringMatching(/^x{300,400}…$/)] });
});

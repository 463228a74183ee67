/** What is sent: orders, changes, cancellations. */
import { hasExits, isCancelling, isChanging, type Mutation, ordering } from './mutation.ts';

const TICKET = 'functions/src/broker/orders/order-ticket.ts';
const TYPES = 'functions/src/broker/order-types.ts';
const CHANGE = 'functions/src/tools/orders/modify-order.ts';
const SEND = 'functions/src/trading/engine/send.ts';

export const SENDING: readonly Mutation[] = [
  {
    name: 'every order buys',
    file: TICKET,
    from: '    side: order.side,',
    to: "    side: 'BUY',",
    shows: ordering(({ side }) => side === 'SELL'),
  },
  {
    name: 'exits are on the side of their entry',
    file: TICKET,
    from: "side: ticket.side === 'BUY' ? 'SELL' : 'BUY',",
    to: 'side: ticket.side,',
    shows: hasExits,
  },
  {
    name: 'exits are not sent',
    file: TICKET,
    from: 'orders: [entry, ...exits]',
    to: 'orders: [entry]',
    shows: hasExits,
  },
  {
    name: 'the limit of a stop loss is left out',
    file: TICKET,
    from: "exit(stopLoss.limitPrice === undefined ? 'STP' : 'STP_LIMIT', stopLoss)",
    to: "exit('STP', { stopPrice: stopLoss.stopPrice })",
    shows: ordering(({ exits }) => exits === 'both with limit'),
  },
  {
    name: 'the time in force is DAY',
    file: TICKET,
    from: '    tif: order.tif,',
    to: "    tif: 'DAY',",
    shows: ordering(({ tif }) => tif !== 'DAY'),
  },
  {
    name: 'outside regular hours is left out',
    file: TICKET,
    from: 'outsideRTH: order.outsideRth ?? false,',
    to: 'outsideRTH: false,',
    shows: ordering(({ outsideRth }) => outsideRth),
  },
  {
    name: 'an amount of money is a quantity',
    file: TICKET,
    from: '{ cashQty: cashQuantity }',
    to: '{ quantity: cashQuantity }',
    shows: ordering(({ size }) => size === 'cash'),
  },
  {
    name: 'a pair is two orders',
    file: TICKET,
    from: 'isSingleGroup: true,',
    to: 'isSingleGroup: false,',
    shows: ordering(({ oca }) => oca),
  },
  {
    name: 'stop and limit change places',
    file: TYPES,
    from: "words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],\n    requires: ['limitPrice', 'stopPrice'],\n    slots: { limitPrice: 'price', stopPrice: 'auxPrice' },",
    to: "words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],\n    requires: ['limitPrice', 'stopPrice'],\n    slots: { limitPrice: 'auxPrice', stopPrice: 'price' },",
    shows: ordering(({ form }) => form === 'stop limit'),
  },
  {
    name: 'a percentage trails as an amount',
    file: TYPES,
    from: "trailingType: prices.trailingPercent === undefined ? 'amt' : '%'",
    to: "trailingType: 'amt'",
    shows: ordering(({ form }) => form === 'trail by percent'),
  },
  {
    name: 'every leg is bought',
    file: 'functions/src/tools/orders/arguments/propose-order.ts',
    from: "ratio: side === 'BUY' ? ratio : -ratio",
    to: 'ratio',
    shows: ordering(({ options }) => options === 'vertical'),
  },
  {
    name: 'an order without account goes to the first one',
    file: 'functions/src/tools/accounts/account-choice.ts',
    from: "if (choice !== 'none') return account;",
    to: 'if (choice !== undefined) return account;',
    shows: ({ accounts, orders }) => accounts === 2 && orders.some(({ account }) => account === null),
  },
  {
    name: 'a change drops its limit price',
    file: CHANGE,
    from: 'limitPrice: changes.limit_price ?? limitPrice ?? undefined,',
    to: 'limitPrice: limitPrice ?? undefined,',
    shows: isChanging,
  },
  {
    name: 'a change drops its quantity',
    file: CHANGE,
    from: 'quantity: changes.quantity ?? quantity,',
    to: 'quantity,',
    shows: isChanging,
  },
  {
    name: 'a cancellation is told and not sent',
    file: 'functions/src/trading/engine/cancel.ts',
    from: '    await cancelOrder(...request);\n',
    to: '',
    shows: isCancelling,
  },
  {
    name: 'the second of a pair is not sent',
    file: SEND,
    from: 'return second === undefined\n',
    to: 'return second === undefined || first !== undefined\n',
    shows: ordering(({ oca }) => oca),
  },
  {
    name: 'the date of GTD is dropped',
    file: TICKET,
    from: '    ...(goodTillDate !== undefined && { goodTillDate: stampFromIso(goodTillDate) }),\n',
    to: '',
    shows: ordering(({ tif }) => tif === 'GTD'),
  },
  {
    name: 'a change drops the date of GTD',
    file: CHANGE,
    from: "return goodTillDate === undefined && changes.tif === undefined ? null : { tif: 'GTD', goodTillDate };",
    to: "return goodTillDate === undefined && changes.tif === undefined ? null : { tif: 'GTD', goodTillDate: new Date(Date.now() + 3_600_000).toISOString() };",
    shows: (script) => isChanging(script) && script.orders.some(({ tif }) => tif === 'GTD'),
  },
  {
    name: 'a change forgets that it may fill outside regular hours',
    file: CHANGE,
    from: 'outsideRth: working.outsideRth ?? held?.outsideRth,',
    to: 'outsideRth: false,',
    shows: (script) => isChanging(script) && script.orders.some(({ outsideRth }) => outsideRth),
  },
  {
    name: 'the account is the one that IBKR has selected',
    file: 'functions/src/tools/orders/arguments/propose-order.ts',
    from: '    accountId: account.accountId,\n    contract,\n    ticket,\n    ...(args.oca',
    to: "    accountId: (await context.ibkr.get('/iserver/accounts', z.object({ selectedAccount: z.string() }))).selectedAccount,\n    contract,\n    ticket,\n    ...(args.oca",
    imports: "import { z } from 'zod';\n",
    shows: ({ accounts }) => accounts === 2,
  },
];

/** What `npm run mutants` breaks, one at a time: a text that stands in its file exactly once, and what takes its place. */
import type { OrderScript } from './order-script.ts';

export interface Mutation {
  name: string;
  file: string;
  from: string;
  to: string;
  /** What the file has to import for that. */
  imports?: string;
  /** Whether a script has to do with it. Those that have are played first. */
  shows?: (script: OrderScript) => boolean;
}

const TICKET = 'functions/src/broker/orders/order-ticket.ts';
const TYPES = 'functions/src/broker/order-types.ts';
const CHANGE = 'functions/src/tools/orders/modify-order.ts';
const REGISTER = 'functions/src/trading/domain/ledger.ts';
const DESK = 'functions/src/trading/engine/context.ts';

export const MUTATIONS: readonly Mutation[] = [
  // What is sent.
  { name: 'every order buys', file: TICKET, from: '    side: order.side,', to: "    side: 'BUY'," },
  {
    name: 'exits are on the side of their entry',
    file: TICKET,
    from: "side: ticket.side === 'BUY' ? 'SELL' : 'BUY',",
    to: 'side: ticket.side,',
  },
  { name: 'exits are not sent', file: TICKET, from: 'orders: [entry, ...exits]', to: 'orders: [entry]' },
  {
    name: 'the limit of a stop loss is left out',
    file: TICKET,
    from: "exit(stopLoss.limitPrice === undefined ? 'STP' : 'STP_LIMIT', stopLoss)",
    to: "exit('STP', { stopPrice: stopLoss.stopPrice })",
  },
  { name: 'the time in force is DAY', file: TICKET, from: '    tif: order.tif,', to: "    tif: 'DAY'," },
  {
    name: 'outside regular hours is left out',
    file: TICKET,
    from: 'outsideRTH: order.outsideRth ?? false,',
    to: 'outsideRTH: false,',
  },
  {
    name: 'an amount of money is a quantity',
    file: TICKET,
    from: '{ cashQty: cashQuantity }',
    to: '{ quantity: cashQuantity }',
  },
  { name: 'a pair is two orders', file: TICKET, from: 'isSingleGroup: true,', to: 'isSingleGroup: false,' },
  {
    name: 'stop and limit change places',
    file: TYPES,
    from: "words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],\n    requires: ['limitPrice', 'stopPrice'],\n    slots: { limitPrice: 'price', stopPrice: 'auxPrice' },",
    to: "words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],\n    requires: ['limitPrice', 'stopPrice'],\n    slots: { limitPrice: 'auxPrice', stopPrice: 'price' },",
  },
  {
    name: 'a percentage trails as an amount',
    file: TYPES,
    from: "trailingType: prices.trailingPercent === undefined ? 'amt' : '%'",
    to: "trailingType: 'amt'",
  },
  {
    name: 'every leg is bought',
    file: 'functions/src/tools/orders/propose-order.ts',
    from: "ratio: side === 'BUY' ? ratio : -ratio",
    to: 'ratio',
  },
  {
    name: 'an order without account goes to the first one',
    file: 'functions/src/tools/accounts/account-choice.ts',
    from: "if (choice !== 'none') return account;",
    to: 'if (choice !== undefined) return account;',
  },
  // Changes and cancellations.
  {
    name: 'a change drops its limit price',
    file: CHANGE,
    from: 'limitPrice: changes.limit_price ?? limitPrice ?? undefined,',
    to: 'limitPrice: limitPrice ?? undefined,',
  },
  {
    name: 'a change drops its quantity',
    file: CHANGE,
    from: 'quantity: changes.quantity ?? quantity,',
    to: 'quantity,',
  },
  {
    name: 'a cancellation is told and not sent',
    file: 'functions/src/trading/engine/cancel.ts',
    from: '    await cancelOrder(...request);\n',
    to: '',
  },
  // Once, and only once.
  {
    name: 'an identical order is no repetition',
    file: REGISTER,
    from: 'return known?.intentId ?? null;',
    to: 'return known === undefined ? null : null;',
  },
  {
    name: 'a name belongs to nobody',
    file: 'functions/src/trading/domain/idempotency.ts',
    from: 'return named.find((intent) => !freesName(intent));',
    to: 'return named.find((intent) => freesName(intent) && !freesName(intent));',
  },
  {
    name: 'what is not listed yet is not there',
    file: 'functions/src/trading/engine/reconcile.ts',
    from: "    if (report.state === 'not_placed' && mayStillArrive) return intent;\n",
    to: '',
  },
  // Who has to say yes.
  {
    name: 'a model says the yes of the owner',
    file: 'functions/src/tools/orders/confirm-order.ts',
    from: "if (!waits || mode === 'owner')",
    to: 'if (!waits)',
  },
  {
    name: 'every question is answered with yes',
    file: 'functions/src/trading/engine/send.ts',
    from: 'messageIds.every((id) => acceptedWarnings.includes(id))',
    to: 'messageIds.every((id) => acceptedWarnings.includes(id) || true)',
  },
  {
    name: 'a revoked key goes on',
    file: 'functions/src/store/credentials.ts',
    from: 'return revokedAt !== null || (expiresAt !== null && expiresAt <= now);',
    to: 'return expiresAt !== null && expiresAt <= now;',
  },
  // Limits and what counts against them.
  {
    name: 'the value of a day is never given back',
    file: REGISTER,
    from: 'value: toCents(value - (intent.value ?? 0)),',
    to: 'value,',
  },
  {
    name: 'orders of a day are never given back',
    file: REGISTER,
    from: 'orders: orders - intent.orders,',
    to: 'orders,',
  },
  {
    name: 'orders count nothing',
    file: REGISTER,
    from: 'value: toCents(value + (intent.value ?? 0)),',
    to: 'value,',
  },
  {
    name: 'exits are worth nothing',
    file: 'functions/src/trading/domain/risk/notional.ts',
    from: 'Math.max(Math.abs(price), ...exitPrices(ticket))',
    to: 'Math.abs(price)',
  },
  {
    name: 'exits are no orders of the day',
    file: 'functions/src/trading/engine/risk-inputs.ts',
    from: "1 + exitsOf({ ...ticket, clientOrderId: '' }).length : 0,",
    to: '1 : 0,',
  },
  {
    name: 'the limits of a day are not looked at',
    file: 'functions/src/trading/domain/risk/check-order.ts',
    from: '  checkDailyLimits(limits.connection, today.all, counts);\n',
    to: '',
  },
  {
    name: 'what others sell can be sold again',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'Math.max(0, held + bought - pending)',
    to: 'Math.max(0, held + bought)',
  },
  // What is told.
  {
    name: 'twice as much has filled',
    file: DESK,
    from: '    filledQuantity: order.filledQuantity,',
    to: '    filledQuantity: 2 * order.filledQuantity,',
  },
  {
    name: 'everything fills at 1',
    file: DESK,
    from: '    averagePrice: order.averagePrice,',
    to: '    averagePrice: order.averagePrice === null ? null : 1,',
  },
];

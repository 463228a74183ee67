/** What `npm run mutants` breaks, one at a time: a text that stands in its file exactly once, and what takes its place. */
import type { OrderScript } from './scripts/order-script.ts';

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

type Scripted = OrderScript['orders'][number];
type ScriptStep = OrderScript['steps'][number];
const ordering = (test: (order: Scripted) => boolean) => (script: OrderScript) => script.orders.some(test);
const stepping = (test: (step: ScriptStep) => boolean) => (script: OrderScript) => script.steps.some(test);
const acting = (...actions: string[]) => stepping(({ action }) => actions.includes(action));
const isChanging = acting('modify');
const isCancelling = acting('cancel', 'cancel by intent');
const hasExits = ordering(({ exits }) => exits !== 'none');
const isLimited =
  (...names: (keyof OrderScript['limits'])[]) =>
  ({ limits }: OrderScript) =>
    names.some((name) => limits[name] !== undefined);

const TICKET = 'functions/src/broker/orders/order-ticket.ts';
const TYPES = 'functions/src/broker/order-types.ts';
const CHANGE = 'functions/src/tools/orders/modify-order.ts';
const LEDGER = 'functions/src/trading/domain/ledger.ts';
const SEND = 'functions/src/trading/engine/send.ts';
const TRANSITIONS = 'functions/src/trading/domain/transitions.ts';
const CLIENT = 'functions/src/broker/session/client.ts';
const CONTEXT = 'functions/src/trading/engine/context.ts';

export const MUTATIONS: readonly Mutation[] = [
  // What is sent.
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
    file: 'functions/src/tools/orders/propose-order.ts',
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
  // Changes and cancellations.
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
  // Once, and only once.
  {
    name: 'an identical order is no repetition',
    file: LEDGER,
    from: 'return known?.intentId ?? null;',
    to: 'return known === undefined ? null : null;',
  },
  {
    name: 'a name belongs to nobody',
    file: 'functions/src/trading/domain/idempotency.ts',
    from: 'return named.find((intent) => !freesName(intent));',
    to: 'return named.find((intent) => freesName(intent) && !freesName(intent));',
    shows: ordering(({ isNamed }) => isNamed),
  },
  {
    name: 'what is not listed yet is not there',
    file: 'functions/src/trading/engine/reconcile.ts',
    from: "    if (report.state === 'not_placed' && mayStillArrive) return intent;\n",
    to: '',
    shows: stepping(({ faults }) => faults.some(({ kind }) => kind === 'delay')),
  },
  // Who has to say yes.
  {
    name: 'a model says the yes of the owner',
    file: 'functions/src/tools/orders/confirm-order.ts',
    from: "if (!waits || mode === 'owner')",
    to: 'if (!waits)',
    shows: ({ approval }) => approval === 'owner',
  },
  {
    name: 'every question is answered with yes',
    file: 'functions/src/trading/engine/send.ts',
    from: 'messageIds.every((id) => acceptedWarnings.includes(id))',
    to: 'messageIds.every((id) => acceptedWarnings.includes(id) || true)',
    shows: ({ acceptedWarnings }) => acceptedWarnings.length === 0,
  },
  {
    name: 'a revoked key goes on',
    file: 'functions/src/store/credentials/credentials.ts',
    from: 'return revokedAt !== null || (expiresAt !== null && expiresAt <= now);',
    to: 'return expiresAt !== null && expiresAt <= now;',
    shows: acting('revoke'),
  },
  // Limits and what counts against them.
  {
    name: 'the value of a day is never given back',
    file: LEDGER,
    from: 'value: difference(value, intent.value ?? NO_CENTS),',
    to: 'value,',
  },
  {
    name: 'orders of a day are never given back',
    file: LEDGER,
    from: 'orders: orders - intent.orders,',
    to: 'orders,',
  },
  {
    name: 'orders count nothing',
    file: LEDGER,
    from: 'value: sumOf([value, intent.value ?? NO_CENTS]),',
    to: 'value,',
  },
  {
    name: 'exits are worth nothing',
    file: 'functions/src/trading/domain/risk/notional.ts',
    from: 'Math.max(Math.abs(price), ...exitPrices(ticket))',
    to: 'Math.abs(price)',
    shows: hasExits,
  },
  {
    name: 'exits are no orders of the day',
    file: 'functions/src/trading/engine/risk-inputs.ts',
    from: "1 + exitsOf({ ...ticket, clientOrderId: '' }).length : 0,",
    to: '1 : 0,',
    shows: hasExits,
  },
  {
    name: 'the limits of a day are not looked at',
    file: 'functions/src/trading/domain/risk/check-order.ts',
    from: '  checkDailyLimits(limits.connection, today.all, counts);\n',
    to: '',
    shows: isLimited('maxDailyOrders', 'maxDailyValue'),
  },
  {
    name: 'what others sell can be sold again',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'Math.max(0, decimal(held + bought - pending))',
    to: 'Math.max(0, decimal(held + bought))',
    shows: isLimited('shortSelling'),
  },
  // What is told.
  {
    name: 'twice as much has filled',
    file: CONTEXT,
    from: '    filledQuantity: order.filledQuantity,',
    to: '    filledQuantity: 2 * order.filledQuantity,',
  },
  {
    name: 'everything fills at 1',
    file: CONTEXT,
    from: '    averagePrice: order.averagePrice,',
    to: '    averagePrice: order.averagePrice === null ? null : 1,',
  },
  // What is sent, further.
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
    file: 'functions/src/tools/orders/propose-order.ts',
    from: '    accountId: account.accountId,\n    contract,\n    ticket,\n    ...(args.oca',
    to: "    accountId: (await context.ibkr.get('/iserver/accounts', z.object({ selectedAccount: z.string() }))).selectedAccount,\n    contract,\n    ticket,\n    ...(args.oca",
    imports: "import { z } from 'zod';\n",
    shows: ({ accounts }) => accounts === 2,
  },
  // Once, and only once, further.
  {
    name: 'what IBKR answers with 5xx is sent once more',
    file: CLIENT,
    from: '    const response = await this.#connection.send(request, this.#budget, leaving, leaveMs);\n',
    to: '    let response = await this.#connection.send(request, this.#budget, leaving, leaveMs);\n    if (response.status >= 500) response = await this.#connection.send(request, this.#budget, leaving, leaveMs);\n',
    shows: stepping(({ faults }) => faults.some(({ status }) => status === 500 || status === 503)),
  },
  {
    name: 'an identical order at the same instant is no repetition',
    file: TRANSITIONS,
    from: 'if (recent !== null && recent !== over && !isMeant) {',
    to: 'if (recent !== null && recent !== over && !isMeant && recent === draft.id) {',
    shows: stepping(({ isHasty }) => isHasty),
  },
  {
    name: 'an identical order is forgotten when it is over',
    file: 'functions/src/trading/domain/reports.ts',
    from: 'return rememberDuplicateUntil(ledger, intent.id, new Date(sentAt.getTime() + DUPLICATE_MS));',
    to: 'return rememberDuplicateUntil(ledger, intent.id, new Date(0));',
    shows: ordering(({ isNamed }) => !isNamed),
  },
  {
    name: 'a name is that of all apps',
    file: 'functions/src/trading/domain/intent.ts',
    from: 'return one.id === other.id || appIdentity(one) === appIdentity(other);',
    to: 'return one.id === other.id || one.id !== other.id || appIdentity(one) === appIdentity(other);',
    shows: ({ orders }) => orders.some(({ key }) => key === 0) && orders.some(({ key }) => key === 1),
  },
  // Who may, further.
  {
    name: 'a key that may only read writes',
    file: 'functions/src/mcp/tool-calls.ts',
    from: "return granted === 'write' || needed === 'read';",
    to: "return granted === 'write' || needed === 'read' || granted === 'read';",
    shows: acting('place with a reading key'),
  },
  {
    name: 'trading that is off goes on',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'if (trading === false) throwLimitExceeded(',
    to: 'if (trading === undefined && trading !== undefined) throwLimitExceeded(',
    shows: acting('trading off'),
  },
  {
    name: 'limits are not looked at again at a yes',
    file: TRANSITIONS,
    from: 'const sent = startSending(state, approved, judged, now,',
    to: 'const sent = startSending(state, approved, { ...judged, limits: { connection: {}, app: {} } }, now,',
    shows: (script) =>
      script.approval !== 'none' && isLimited('maxDailyOrders', 'maxDailyValue', 'shortSelling')(script),
  },
  // Limits, further.
  {
    name: 'prices in pence count as pounds',
    file: 'functions/src/trading/domain/risk/notional.ts',
    from: 'const magnifier = priceMagnifier ?? 1;',
    to: 'const magnifier = priceMagnifier === undefined ? 1 : 1;',
    shows: ordering(({ symbol }) => symbol === 'VOD'),
  },
  {
    name: 'the multiplier of a contract is left out',
    file: 'functions/src/trading/domain/risk/notional.ts',
    from: '(isWarrant ? Math.max(1, derivative.multiplier) : derivative.multiplier) / magnifier',
    to: '(isWarrant ? Math.max(1, derivative.multiplier) : 1) / magnifier',
    shows: ordering(({ symbol }) => symbol === 'ES'),
  },
  {
    name: 'the limits of exits are not held against the collar',
    file: 'functions/src/trading/domain/risk/price-collar.ts',
    from: "...exitsOf({ ...ticket, clientOrderId: '' }).flatMap((exit) =>",
    to: "...exitsOf({ ...ticket, clientOrderId: '', stopLoss: undefined }).flatMap((exit) =>",
    shows: (script) => isLimited('priceCollarPercent')(script) && hasExits(script),
  },
  {
    name: 'prices are not held against the collar',
    file: 'functions/src/trading/domain/risk/price-collar.ts',
    from: '...ownPrices(ticket, market, last).filter(',
    to: '...ownPrices(ticket, market, last).slice(9).filter(',
    shows: isLimited('priceCollarPercent'),
  },
  {
    name: 'an order may be worth anything',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'amountOf(value) > maxOrderValue && value > before',
    to: 'amountOf(value) > 1e12 * maxOrderValue && value > before',
    shows: isLimited('maxOrderValue'),
  },
  {
    name: 'a change is worth what the order was',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'larger(NO_CENTS, difference(value, before))',
    to: 'larger(NO_CENTS, difference(before, before))',
    shows: isChanging,
  },
  {
    name: 'an order of money is not held against short selling',
    file: 'functions/src/trading/engine/risk-inputs.ts',
    from: 'return Math.ceil((cashQuantity * priceMagnifier) / price);',
    to: 'return Math.min(1, Math.ceil((cashQuantity * priceMagnifier) / price));',
    shows: isLimited('shortSelling'),
  },
  {
    name: 'every symbol is on the list',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'lists.every((list) => list?.some((written) => isNamed(written, inputs)) ?? true)',
    to: 'lists.every((list) => list?.length !== 0)',
    shows: isLimited('symbols'),
  },
  // What is told, further.
  {
    name: 'what IBKR holds is over',
    file: CONTEXT,
    from: "return { state: 'working', reason: heldWords(what, order), ...known };",
    to: "return { state: 'rejected', reason: heldWords(what, order), ...known };",
    shows: stepping(({ plan }) => plan === 'held, then let go' || plan === 'rejected late'),
  },
  {
    name: 'the first of a pair speaks for both',
    file: CONTEXT,
    from: 'rank(other) < rank(one) ? [other, one] : [one, other]',
    to: 'rank(other) < rank(one) ? [one, other] : [one, other]',
    shows: (script) => acting('partial fill')(script) && ordering(({ oca }) => oca)(script),
  },
  {
    name: 'the latest change of an order is not remembered',
    file: 'functions/src/trading/engine/order-origin.ts',
    from: 'const change = changes.findLast(isTaken);',
    to: 'const change = changes.find(isTaken);',
    shows: (script) => script.steps.filter(({ action }) => action === 'modify').length > 2,
  },
];

/** Limits, and what counts against them. */
import { acting, hasExits, isChanging, isLimited, type Mutation, ordering } from './mutation.ts';

const LEDGER = 'functions/src/trading/domain/ledger.ts';

export const LIMITS: readonly Mutation[] = [
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
  {
    name: 'a close may go beyond the position',
    file: 'functions/src/trading/domain/risk/check-order.ts',
    from: '    if (each.closes !== undefined && !each.isReduction) checkClosing(each.closes);\n',
    to: '',
    shows: acting('close'),
  },
  {
    name: 'a close leaves what else its app has open',
    file: 'functions/src/tools/orders/closing/competing-orders.ts',
    from: '  if (own.length === 0) return',
    to: '  if (own.length >= 0) return',
    shows: acting('close'),
  },
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
];

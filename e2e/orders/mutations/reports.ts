/** What is told of orders. */
import { acting, hasExits, type Mutation, ordering, stepping } from './mutation.ts';

const CONTEXT = 'functions/src/trading/engine/context.ts';

export const REPORTS: readonly Mutation[] = [
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
    shows: (script) => acting('partial fill', 'price move')(script) && ordering(({ oca }) => oca)(script),
  },
  {
    name: 'what is read of an order replaces what IBKR acknowledged',
    file: CONTEXT,
    from: 'applyReport({ ...state, ...reported }, next, now)',
    to: 'applyReport(state, next, now)',
    shows: hasExits,
  },
  {
    name: 'the latest change of an order is not remembered',
    file: 'functions/src/trading/engine/order-origin.ts',
    from: 'const change = changes.findLast(isTaken);',
    to: 'const change = changes.find(isTaken);',
    shows: (script) => script.steps.filter(({ action }) => action === 'modify').length > 2,
  },
];

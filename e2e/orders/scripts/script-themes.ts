/** Scripts that keep to one thing: what takes several steps of one kind comes about too seldom by chance. */
import { SANDBOX_WARNINGS } from '../../../functions/src/trading/domain/accepted-warnings.ts';
import type { Action, OrderScript, ScriptedOrder, Step } from './order-script.ts';

export const THEMES = {
  /** One order is changed again and again. */
  changes: (script) => ({
    ...script,
    ...UNLIMITED,
    ...firstOrder(script, unseenTerms),
    steps: onFirst(script.steps, 'modify'),
  }),
  /** One of a pair fills, bit by bit: the second, which is a limit. */
  pair: (script) => ({
    ...script,
    ...UNLIMITED,
    ...firstOrder(script, () => ({ ...PLAIN, form: 'stop', size: 'large', oca: true })),
    steps: onFirst(script.steps, 'partial fill'),
  }),
  /** More orders wait for a yes than the day may have, and then each of them gets it. */
  waiting: (script) => {
    const approval = script.approval === 'none' ? 'model' : script.approval;
    const orders = [0, 1, 2].map((position) => ({
      ...(script.orders[position % script.orders.length] as ScriptedOrder),
      ...PLAIN,
    }));
    const yes: Action = approval === 'owner' ? 'approve' : 'confirm';
    const steps = script.steps.map((step, position) => {
      if (position >= 2 * orders.length) return step;
      const action: Action = position < orders.length ? 'place' : yes;
      return { ...step, action, order: position % orders.length, isHasty: false };
    });
    return {
      ...script,
      ...UNLIMITED,
      approval,
      limits: { maxDailyOrders: orders.length - 1 },
      orders,
      steps,
    };
  },
} as const satisfies Record<string, (script: OrderScript) => OrderScript>;

/** The first order arrives when nobody waits for its answer any more, and is asked for meanwhile. */
export function arrivingLate(script: OrderScript): OrderScript {
  const [first, ...others] = script.steps;
  const begin = first && {
    ...first,
    action: 'place',
    order: 0,
    faults: [HELD_UP],
    plan: null,
    isHasty: false,
  };
  const steps = begin === undefined ? others : [begin as Step, ...others];
  return { ...script, ...UNLIMITED, ...firstOrder(script, () => PLAIN), steps };
}

/** An order without a name is asked for again, and once more when the one before is over. */
export function askedAgain(script: OrderScript): OrderScript {
  return onFirstAlone(script, { isNamed: false }, (position) => ({
    action: position % 3 === 2 ? 'cancel' : 'place',
  }));
}

/** An order without a name is asked for several times at the same instant. */
export function askedAtOnce(script: OrderScript): OrderScript {
  return onFirstAlone(script, { isNamed: false }, () => ({ action: 'place', isHasty: true }));
}

/** What was bought with exits is closed, by several calls at the same instant, now a part and now the whole. */
export function closedAtOnce(script: OrderScript): OrderScript {
  const purchase = { form: 'market', exits: 'both', side: 'BUY', isNamed: false } as const;
  return onFirstAlone(script, purchase, (position) =>
    position === 0
      ? { action: 'place' }
      : { action: 'close', isHasty: true, reprice: position % 2 === 0 ? null : position },
  );
}

/** IBKR holds the first order, is asked about it, and lets it go. */
export function heldForAWhile(script: OrderScript): OrderScript {
  return onFirstAlone(script, {}, (position) =>
    position === 0 ? { action: 'place', plan: 'held, then let go' } : { action: 'status by intent' },
  );
}

/** A model says yes to what waits for its owner, who is silent. */
export function confirmedByModel(script: OrderScript): OrderScript {
  const tried = onFirstAlone(script, {}, (position) => ({
    action: position === 0 ? 'place' : position % 2 === 1 ? 'confirm' : 'status by intent',
  }));
  return { ...tried, approval: 'owner' };
}

/** One order more is asked for, and one more, until the day has had all that it may have. */
export function moreThanADay(script: OrderScript): OrderScript {
  const asked = onFirstAlone(script, { isNamed: false }, () => ({ action: 'place another' }));
  return { ...asked, limits: { maxDailyOrders: 2 } };
}

/** Most of what there is is offered for sale, and then once more. */
export function soldTwice(script: OrderScript): OrderScript {
  const sale = { isNamed: false, side: 'SELL', size: 'large' } as const;
  const asked = onFirstAlone(script, sale, () => ({ action: 'place another' }));
  return { ...asked, limits: { shortSelling: false } };
}

/** For more money than half of what there is would bring, and then once more. */
export function soldForMoney(script: OrderScript): OrderScript {
  const sale = {
    isNamed: false,
    side: 'SELL',
    symbol: 'NVDA',
    form: 'market',
    size: 'large cash',
    tif: 'DAY',
  } as const;
  const asked = onFirstAlone(script, sale, () => ({ action: 'place another' }));
  return { ...asked, limits: { shortSelling: false } };
}

/** What is traded is priced in hundredths of a currency that the account does not count in. */
export function pricedInPence(script: OrderScript): OrderScript {
  return onFirstAlone(script, { isNamed: false, symbol: 'VOD' }, () => ({ action: 'place another' }));
}

/** An order that may fill outside regular hours is changed again and again, each time to another price. */
export function repriced(script: OrderScript): OrderScript {
  return onFirstAlone(script, { isNamed: false, outsideRth: true }, (position) =>
    position === 0 ? { action: 'place' } : { action: 'modify', reprice: (position % 5) + 1 },
  );
}

/**
 * An order that is open until a time is changed again and again, now in that as well and now in its quantity alone; what
 * IBKR answers to two of the changes is lost in two scripts of three.
 */
export function retimed(script: OrderScript): OrderScript {
  const isHeard = script.steps.length % 3 === 0;
  return onFirstAlone(script, { isNamed: false, tif: 'GTD' }, (position) =>
    position === 0
      ? { action: 'place' }
      : {
          action: 'modify',
          reprice: position % 2 === 0 ? null : position,
          faults: position % 4 === 1 && !isHeard ? [UNHEARD] : [],
        },
  );
}

/** The market comes to the second of a pair, which is a limit: it fills, and the first is cancelled. */
export function secondOfPair(script: OrderScript): OrderScript {
  const side = script.orders[0]?.side ?? 'BUY';
  const pair = { isNamed: false, form: 'stop', size: 'large', oca: true } as const;
  return onFirstAlone(script, pair, (position) => {
    if (position === 0) return { action: 'place' };
    // A fifth down to a purchase, a sixth up to a sale.
    if (position === 1) return { action: 'price move', reprice: side === 'BUY' ? 5 : 4 };
    return { action: 'status by intent' };
  });
}

/** Nothing is sent any more once trading is off, or the key is revoked, however often it is asked for. */
export function endedMidway(script: OrderScript): OrderScript {
  const end: Action = script.steps.length % 2 === 0 ? 'trading off' : 'revoke';
  return onFirstAlone(script, { isNamed: false, key: 0 }, (position) => ({
    action: position === 2 ? end : 'place another',
  }));
}

/** An exit is named a price that the collar keeps away. */
export function exitsBeyondCollar(script: OrderScript): OrderScript {
  const asked = onFirstAlone(script, { isNamed: false, exits: 'both with limit' }, () => ({
    action: 'place another',
  }));
  return { ...asked, limits: { priceCollarPercent: 5 } };
}

/** One option is bought and another one sold by the same order, and then once more. */
export function ofTwoLegs(script: OrderScript): OrderScript {
  const form = script.steps.length % 2 === 0 ? 'market' : 'resting limit';
  return onFirstAlone(script, { isNamed: false, options: 'vertical', form, tif: 'DAY' }, (position) => ({
    action: position % 3 === 2 ? 'cancel' : 'place another',
  }));
}

/** Enough for the third time of what takes three steps. */
const STEPS = 9;

/** All steps are about the first order, and nothing else goes wrong. */
function onFirstAlone(
  script: OrderScript,
  order: Partial<ScriptedOrder>,
  stepAt: (position: number) => Pick<Step, 'action'> & Partial<Step>,
): OrderScript {
  const steps = Array.from({ length: STEPS }, (_, position): Step => {
    const drawn = script.steps[position % script.steps.length] as Step;
    const calm = { ...drawn, order: 0, plan: null, faults: [], pauseMs: 0, isHasty: false };
    return { ...calm, ...stepAt(position) };
  });
  return { ...script, ...UNLIMITED, ...firstOrder(script, () => ({ ...PLAIN, ...order })), steps };
}

/** Longer than the call of a tool waits, and shorter than a request may be on its way. */
const HELD_UP = {
  match: { method: 'POST', path: '/iserver/account/*/orders' },
  times: 1,
  kind: 'delay',
  delayMs: 30_000,
} as const;

/** IBKR makes the change, and nobody hears of it. */
const UNHEARD = {
  match: { method: 'POST', path: '/iserver/account/*/order/*' },
  times: 1,
  kind: 'reset_after_accept',
} as const;

/** Nobody keeps it from being placed. */
const UNLIMITED = { approval: 'none', limits: {}, acceptedWarnings: [...SANDBOX_WARNINGS] } as const;

const PLAIN = {
  symbol: 'AAPL',
  form: 'resting limit',
  tif: 'GTC',
  outsideRth: false,
  size: 'whole',
  exits: 'none',
  oca: false,
  options: 'none',
} as const;

function firstOrder(
  { orders: [first, ...others] }: OrderScript,
  change: (order: ScriptedOrder) => Partial<ScriptedOrder>,
): Pick<OrderScript, 'orders'> {
  return { orders: first === undefined ? others : [{ ...first, ...change(first) }, ...others] };
}

/** Of most orders, terms that IBKR does not show again: how far an order trails, and until when it is open. */
function unseenTerms({ isNamed, side, key }: ScriptedOrder): Partial<ScriptedOrder> {
  if (isNamed) return { ...PLAIN, form: side === 'BUY' ? 'trail by amount' : 'trail by percent' };
  return key === 0 ? { ...PLAIN, tif: 'GTD' } : {};
}

/** Nearly all steps do this to the first order, one after the other, so that each has what the one before left. */
function onFirst(steps: readonly Step[], action: Action): Step[] {
  return steps.map((step, position) => {
    const own = { ...step, order: 0, isHasty: false };
    if (position === 0) return { ...own, action: 'place' };
    return step.instance % 4 === 1 ? step : { ...own, action };
  });
}

/** The order types that IBKR knows: their prices, when they execute, their names, and where they are taken. */
/** `now`: on every quote. `stop`, `touch`, `trail`: once the market has come to their stop. `close`: in the auction. */
type ExecutionWay = 'now' | 'midpoint' | 'relative' | 'stop' | 'touch' | 'trail' | 'close';

interface OrderTypeRule {
  /** How lists name it, in prose and as a code; rules of a contract have the code in small letters. */
  names: readonly [prose: string, code: string];
  executes: ExecutionWay;
  /** Where a ticket has each price: in the first of these fields that is there. */
  prices: Partial<Record<'limitPrice' | 'stopPrice', readonly ('price' | 'auxPrice')[]>>;
  /** Prices that may be left out. */
  optional?: readonly (keyof OrderTypeRule['prices'])[];
  /** It is taken for currencies, futures, fractions and orders by amount, too. */
  isSimple?: boolean;
  /** It may fill outside regular hours. */
  isExtended?: boolean;
  /** IBKR’s algorithms take it. */
  isForAlgos?: boolean;
}

const LIMIT_AND_STOP = { limitPrice: ['price'], stopPrice: ['auxPrice'] } as const;
const LIMITED = { isExtended: true, isForAlgos: true };

export const ORDER_TYPES = {
  LMT: {
    names: ['Limit', 'LIMIT'],
    executes: 'now',
    prices: { limitPrice: ['price'] },
    isSimple: true,
    ...LIMITED,
  },
  MIDPRICE: {
    names: ['Midprice', 'MIDPRICE'],
    executes: 'midpoint',
    prices: { limitPrice: ['price'] },
    optional: ['limitPrice'],
  },
  MKT: { names: ['Market', 'MARKET'], executes: 'now', prices: {}, isSimple: true },
  STP: { names: ['Stop', 'STOP'], executes: 'stop', prices: { stopPrice: ['price'] }, isSimple: true },
  STOP_LIMIT: {
    names: ['Stop Limit', 'STOP_LIMIT'],
    executes: 'stop',
    prices: LIMIT_AND_STOP,
    isSimple: true,
    ...LIMITED,
  },
  MIT: {
    names: ['MIT', 'MIT'],
    executes: 'touch',
    prices: { stopPrice: ['auxPrice', 'price'] },
    isSimple: true,
  },
  LIT: { names: ['LIT', 'LIT'], executes: 'touch', prices: LIMIT_AND_STOP, isSimple: true, ...LIMITED },
  TRAIL: {
    names: ['Trailing Stop', 'TRAILING_STOP'],
    executes: 'trail',
    prices: { stopPrice: ['price'] },
    optional: ['stopPrice'],
    isSimple: true,
  },
  TRAILLMT: {
    names: ['Trailing Stop Limit', 'TRAILING_STOP_LIMIT'],
    executes: 'trail',
    prices: LIMIT_AND_STOP,
    optional: ['limitPrice', 'stopPrice'],
    isSimple: true,
    ...LIMITED,
  },
  REL: {
    names: ['Relative', 'RELATIVE'],
    executes: 'relative',
    prices: { limitPrice: ['price'] },
    optional: ['limitPrice'],
    ...LIMITED,
  },
  MOC: { names: ['MOC', 'MARKETONCLOSE'], executes: 'close', prices: {}, isForAlgos: true },
  LOC: {
    names: ['LOC', 'LIMITONCLOSE'],
    executes: 'close',
    prices: { limitPrice: ['price'] },
    isForAlgos: true,
  },
} as const satisfies Record<string, OrderTypeRule>;
export type OrderType = keyof typeof ORDER_TYPES;

export const orderTypeRule = (type: OrderType): OrderTypeRule => ORDER_TYPES[type];

/** When an order executes. */
export const executionOf = ({ type }: { readonly type: OrderType }): ExecutionWay =>
  ORDER_TYPES[type].executes;

/** The order types for which something holds, as rules of a contract name them. */
export function namesInRules(holds: (rule: OrderTypeRule) => boolean | undefined = () => true): string[] {
  return Object.values<OrderTypeRule>(ORDER_TYPES)
    .filter(holds)
    .map(({ names: [, code] }) => code.toLowerCase());
}

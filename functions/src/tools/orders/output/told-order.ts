/** Orders at IBKR in words: by what was asked for here, and for orders from elsewhere by what IBKR tells of them. */
import { type Contract, contractWords, getDefinitionRows } from '../../../broker/contracts/contracts.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { OrderContract, Ticket } from '../../../contract/orders/intent.ts';
import { orderWords } from '../../../contract/orders/order-sentence.ts';
import { type OrderOrigin, originsOf } from '../../../trading/engine/order-origin.ts';

/** What orders from elsewhere are for, as far as IBKR defines it: no list fails for want of a name. */
export async function contractsFrom(
  { ibkr }: Pick<ToolContext, 'ibkr'>,
  conids: readonly number[],
): Promise<ReadonlyMap<number, Contract>> {
  const { rows } = await getDefinitionRows(ibkr, conids).catch(() => ({ rows: [] }));
  return new Map(rows.map((contract) => [contract.conid, contract]));
}

/** The sentence of an order without its account, which stands beside it. */
export function toldOrder(
  order: Order,
  origin: OrderOrigin | null,
  { contracts, priceUnit }: { contracts: ReadonlyMap<number, Contract>; priceUnit: string | null },
): string {
  const contract = origin?.contract ?? contractOf(order, contracts, priceUnit);
  const parent = order.parentOrderId ?? origin?.parentOrderId;
  return orderWords(
    { contract, ticket: ticketOf(order, origin) },
    { exitOf: parent, ocaWith: origin?.ocaOrderId },
  );
}

/** The sentence of an order that was asked for here, alone. */
export async function describeListedOrder({ db, connection }: ToolContext, order: Order): Promise<string> {
  const [origin = null] = await originsOf(db, connection.id, [order]);
  return toldOrder(order, origin, { contracts: new Map(), priceUnit: null });
}

/** The order that an execution was of; null where nobody here ordered it. */
export function orderedHere(origin: OrderOrigin | null): string | null {
  if (origin?.terms == null) return null;
  const { contract, terms, parentOrderId, ocaOrderId } = origin;
  return orderWords({ contract, ticket: terms }, { exitOf: parentOrderId, ocaWith: ocaOrderId });
}

/** IBKR knows best how an order is now, and tells neither its trail, its end date nor its exits. */
function ticketOf(order: Order, origin: OrderOrigin | null): Ticket {
  const { conid, side, orderType, limitPrice, stopPrice, tif, legs } = order;
  const terms = origin?.terms ?? null;
  const amount =
    terms?.cashQuantity === undefined ? { quantity: order.quantity } : { cashQuantity: terms.cashQuantity };
  return {
    ...(terms ?? {}),
    ...{ conid, side, orderType, tif, ...amount },
    limitPrice: limitPrice ?? undefined,
    stopPrice: stopPrice ?? undefined,
    outsideRth: order.outsideRth ?? terms?.outsideRth,
    ...(legs === undefined ? {} : { legs }),
  };
}

function contractOf(
  { conid, symbol, secType, currency, legs }: Order,
  contracts: ReadonlyMap<number, Contract>,
  priceUnit: string | null,
): OrderContract {
  const told = { conid, symbol, secType, currency: currency ?? 'USD' };
  if (legs !== undefined) {
    return { ...told, legs: legs.map((leg) => namedContract({ ...told, conid: leg.conid }, contracts)) };
  }
  // In words: `GBX (pence, 1/100 GBP)`.
  const unit = priceUnit?.startsWith('unknown') ? undefined : priceUnit?.replace(/ \(.*$/, '');
  return { ...namedContract(told, contracts), ...(unit === undefined ? {} : { priceUnit: unit }) };
}

function namedContract(told: OrderContract, contracts: ReadonlyMap<number, Contract>): OrderContract {
  const known = contracts.get(told.conid);
  if (known === undefined) return told;
  const { conid, symbol, secType, exchange, derivative } = known;
  return {
    ...{ ...told, conid, symbol, secType, exchange },
    ...(derivative === null ? {} : { description: contractWords(known) }),
  };
}

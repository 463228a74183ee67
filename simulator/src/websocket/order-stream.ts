import { instrumentOfOrder } from '../orders/combos.ts';
import { listedOrders, orderRow, statusKey } from '../orders/order-reports.ts';
import { changedFields, type Stream, type StreamView } from './stream.ts';

/**
 * `sor`: the orders of the selected account, first those that the order list has, if any, then every change as it
 * happens: all of an order that is new, of others the fields that changed. Filters leave out orders in other states;
 * those of the latest `GET /iserver/account/orders` do so too, as with IBKR.
 */
export class OrderStream implements Stream {
  readonly #filters: ReadonlySet<string>;
  readonly #shown = new Map<number, Record<string, unknown>>();

  /** @param filters Names of states, in any spelling; none for all. */
  constructor(filters: readonly string[]) {
    this.#filters = new Set(filters.map(statusKey));
  }

  due({ brokerage, simulation, now }: StreamView): readonly object[] {
    const account = brokerage && simulation.accounts.get(brokerage.selectedAccount);
    if (!account) return [];
    const changes: object[] = [];
    for (const order of listedOrders(account, now).reverse()) {
      const instrument = instrumentOfOrder(order.terms);
      const isWanted = [this.#filters, brokerage.orderFilters].every(
        (filters) => filters.size === 0 || filters.has(statusKey(order.status)),
      );
      if (!isWanted || !instrument) continue;
      const row = orderRow(order, instrument);
      const changed = changedFields(this.#shown.get(order.id) ?? {}, row);
      this.#shown.set(order.id, row);
      if (Object.keys(changed).length > 0)
        changes.push({ acct: order.accountId, orderId: order.id, ...changed });
    }
    return changes.length === 0 ? [] : [{ topic: 'sor', args: changes }];
  }
}

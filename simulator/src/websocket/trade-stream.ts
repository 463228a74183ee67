import type { AccountBook, Trade } from '../accounts/account-book.ts';
import { recentTrades, tradeRow } from '../orders/order-reports.ts';
import type { Stream, StreamView } from './stream.ts';

type Row = Record<string, unknown>;

/**
 * `str`: the executions of the selected account. An empty frame comes first, then those of the last days unless only
 * new ones are wanted, then each new one, twice: without its commission, and with it.
 */
export class TradeStream implements Stream {
  readonly #days: number;
  readonly #onlyNew: boolean;
  #account = '';
  /** How many executions of the account are told, or were there before. */
  #told = 0;
  #withoutCommission: readonly Row[] = [];
  #isOpen = false;

  constructor(days: number, onlyNew: boolean) {
    this.#days = days;
    this.#onlyNew = onlyNew;
  }

  due({ brokerage, simulation, session, now }: StreamView): readonly object[] {
    const account = brokerage && simulation.accounts.get(brokerage.selectedAccount);
    if (!account) return [];
    const rowsOf = (trades: readonly Trade[]) => rows(account, trades, session.username);
    const history = this.#isOpen || this.#onlyNew ? [] : rowsOf(recentTrades(account, this.#days, now));
    if (this.#account !== account.id) {
      this.#account = account.id;
      this.#told = account.trades.length;
    }
    const fresh = rowsOf(account.trades.slice(this.#told).filter(({ orderId }) => orderId !== 0));
    this.#told = account.trades.length;
    const frames = [history, this.#withoutCommission, fresh.map(({ commission, ...row }) => row)];
    this.#withoutCommission = fresh;
    const opening = this.#isOpen ? [] : [frame([])];
    this.#isOpen = true;
    return [...opening, ...frames.filter((each) => each.length > 0).map(frame)];
  }
}

function frame(args: readonly Row[]): object {
  return { topic: 'str', args };
}

/** As the trade list has them, with the price as text. */
function rows(account: AccountBook, trades: readonly Trade[], username: string): Row[] {
  return trades.flatMap((trade) => {
    const row = tradeRow(account, trade, username);
    return row ? [{ ...row, price: String(row.price) }] : [];
  });
}

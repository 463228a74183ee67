import { Refusal } from '../http/answer.ts';
import { history } from '../market/history.ts';
import type { Stream, StreamView } from './stream.ts';

/** Arguments of `smh`, as the history's own parameters. */
const PARAMETERS: Readonly<Record<string, string>> = {
  exchange: 'exchange',
  period: 'period',
  bar: 'bar',
  outsideRth: 'outsideRth',
  outsideRTH: 'outsideRth',
  source: 'source',
};

/** `smh`: the bars of a contract, once. It counts as one of the requests at a time until it is unsubscribed. */
export class HistoryStream implements Stream {
  /** What it is unsubscribed by. */
  readonly serverId: string;
  readonly #conid: string;
  readonly #query: URLSearchParams;
  #isAnswered = false;

  constructor(serverId: string, conid: string, args: Readonly<Record<string, unknown>>) {
    this.serverId = serverId;
    this.#conid = conid;
    this.#query = new URLSearchParams({ conid });
    for (const [name, value] of Object.entries(args)) {
      const parameter = PARAMETERS[name];
      if (parameter !== undefined) this.#query.set(parameter, String(value));
    }
  }

  due({ brokerage, ...view }: StreamView): readonly object[] {
    if (!brokerage || this.#isAnswered) return [];
    this.#isAnswered = true;
    const topic = `smh+${this.#conid}`;
    try {
      const { body } = history({ ...view, query: this.#query });
      return [{ ...(body as object), serverId: this.serverId, topic }];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [{ ...(error.answer.body as object), topic }];
    }
  }
}

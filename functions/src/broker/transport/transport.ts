/**
 * How a request reaches IBKR. One implementation per connection kind (`sandbox`, `gateway`, `oauth`);
 * what is above it knows neither addresses nor credentials.
 */

import type { IbkrRequest, IbkrResponse } from '../wire/request.ts';

export interface Transport {
  /**
   * Sends one request, once; never follows redirects, never retries.
   * @throws {TransportError} when no HTTP answer came.
   */
  send(request: IbkrRequest): Promise<IbkrResponse>;
  /** Releases kept-alive connections. */
  close(): Promise<void>;
}

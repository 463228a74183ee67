/** Placeholder signatures; the implementation follows. */
import type { z } from 'zod';

export interface ReadOptions {
  query?: Readonly<Record<string, string>>;
}

/** One tool call's view of a connection. Made by `IbkrConnection.client()`, thrown away afterwards. */
export interface IbkrClient {
  /** Requests that really went to IBKR on behalf of this client, session upkeep included. */
  readonly upstreamCalls: number;
  get<S extends z.ZodType>(path: string, schema: S, options?: ReadOptions): Promise<z.output<S>>;
  post<S extends z.ZodType>(path: string, schema: S, body?: unknown): Promise<z.output<S>>;
  delete<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
}

/** Test support: a host of protocol 2026-07-28 that asks for events. */
import { handleMcp } from '../../mcp/handler.ts';
import type { Service } from '../../service.ts';
import { ADDRESS, ORIGIN } from '../service.ts';
import { hostHeaders, hostMeta } from './mcp-host.ts';

export interface EventsAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: each method has an answer of its own, which its tests look at.
  result?: any;
  error?: { code: number; message: string; data?: unknown };
}

/** Asks as the holder of a key or access token. */
export async function askEvents(
  service: Service,
  bearer: string,
  method: string,
  params: object = {},
): Promise<EventsAnswer> {
  const { 'Mcp-Name': _, ...headers } = hostHeaders('');
  const body = { jsonrpc: '2.0', id: 1, method, params: { _meta: hostMeta, ...params } };
  const request = new Request(`${ORIGIN}/mcp`, {
    method: 'POST',
    headers: {
      ...headers,
      'Mcp-Method': method,
      'Content-Type': 'application/json',
      Host: new URL(ORIGIN).host,
      Authorization: `Bearer ${bearer}`,
    },
    body: JSON.stringify(body),
  });
  return (await (await handleMcp(request, service, ADDRESS)).json()) as EventsAnswer;
}

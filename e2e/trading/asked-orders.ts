/** Orders that programs ask for, of which their owner decides. */
import { beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { callTool } from '../mcp-endpoint.ts';

export const BUY = { symbol: 'MSFT', side: 'BUY', quantity: 3, order_type: 'MKT' };

/** Signs in the owner of the orders of a file, and somebody whom they do not concern. Call it at the top of the file. */
export function useTraderAndStranger(use: (signedIn: { owner: string; stranger: string }) => void): void {
  beforeAll(async () => {
    const [owner, stranger] = await Promise.all([signInAs('trader'), signInAs('stranger')]);
    use({ owner, stranger });
  });
}

/** A new sandbox connection of somebody who is signed in, and a key of it with the fields. */
export async function sandboxOf(owner: string, key: object = {}): Promise<{ id: string; key: string }> {
  const made = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(made.body);
  const minted = await api(owner, 'POST', `/connections/${connection.id}/keys`, { label: 'bot', ...key });
  return { id: connection.id, key: z.object({ apiKey: z.string() }).parse(minted.body).apiKey };
}

const waiting = z.object({
  intent_id: z.string(),
  approval_url: z.string().optional(),
  preview: z.unknown(),
});

/** What is told of an order that waits for a yes. */
export async function askAndWait(tool: string, args: object, key: string) {
  const answer = await callTool(tool, { ...args }, key);
  expect(answer).toMatchObject({ state: 'awaiting_approval' });
  return waiting.parse(answer);
}

/** The audit through the console's API. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { addConnection, api, signInAs } from '../console-client.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';

it('the audit lists the calls to one’s own connections, in pages, newest first', async () => {
  const [carol, other] = await Promise.all([signInAs('carol'), signInAs('not-carol')]);
  const { connection, apiKey } = await addConnection(carol, { kind: 'sandbox' });
  for (let i = 0; i < 55; i++)
    await rpc('tools/call', { name: `unknown_${i}`, arguments: {} }, { key: apiKey });
  await callTool('get_cash', {}, apiKey);

  const page = z.object({
    items: z.array(z.looseObject({ tool: z.string(), at: z.string() })),
    nextCursor: z.string().nullable(),
  });
  const first = page.parse((await api(carol, 'GET', `/audit?connectionId=${connection.id}`)).body);
  expect(first.items).toHaveLength(50);
  expect(first.items[0]).toMatchObject({ tool: 'get_cash', outcome: 'ok', clientName: expect.any(String) });
  expect(first.items[0]).not.toHaveProperty('ownerUid');
  const second = page.parse((await api(carol, 'GET', `/audit?cursor=${first.nextCursor}`)).body);
  expect(second).toMatchObject({ nextCursor: null });
  // The making of the connection among them.
  expect(second.items).toHaveLength(7);
  expect(second.items.at(-1)).toMatchObject({ tool: 'connection.create', source: 'console' });
  const tools = [...first.items, ...second.items].map(({ tool }) => tool);
  expect(new Set(tools).size).toBe(57);

  const errors = page.parse((await api(carol, 'GET', '/audit?outcome=error')).body);
  expect(errors.items.map(({ tool }) => tool)).not.toContain('get_cash');
  const one = page.parse((await api(carol, 'GET', '/audit?tool=unknown_7&outcome=error')).body);
  expect(one.items.map(({ tool }) => tool)).toEqual(['unknown_7']);
  const ofKey = `/audit?app=${first.items[0]?.credentialId}&limit=500`;
  expect(page.parse((await api(carol, 'GET', ofKey)).body).items).toHaveLength(56);
  expect(await api(carol, 'GET', '/audit?app=another')).toMatchObject({ body: { items: [] } });
  expect(await api(other, 'GET', `/audit?cursor=${first.nextCursor}`)).toMatchObject({ status: 400 });
  expect(await api(carol, 'GET', '/audit?outcome=maybe&limit=9999')).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(/^outcome: [^✖\n]+; limit: [^✖\n]+$/) } },
  });
  expect(await api(other, 'GET', `/audit?connectionId=${connection.id}`)).toMatchObject({
    body: { items: [] },
  });
});

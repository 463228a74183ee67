/** API keys through the console's API. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addConnection, api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { rpc } from '../mcp-endpoint.ts';

let owner: string;

beforeAll(async () => {
  owner = await signInAs('key-owner');
});

describe('keys', () => {
  it('are made, listed without their text, and revoked', async () => {
    const { connection } = await addConnection(owner, { kind: 'sandbox' });
    const path = `/connections/${connection.id}/keys`;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const answer = await api(owner, 'POST', path, { label: 'job', scope: 'read', expiresAt });
    expect(answer).toMatchObject({ status: 201, body: { key: { label: 'job', scope: 'read', expiresAt } } });
    const { key, apiKey } = z
      .object({ key: z.object({ id: z.string(), first: z.string(), last: z.string() }), apiKey: z.string() })
      .parse(answer.body);
    expect(apiKey.startsWith(key.first) && apiKey.endsWith(key.last)).toBe(true);
    expect((await rpc('tools/list', {}, { key: apiKey })).status).toBe(200);
    expect(JSON.stringify((await api(owner, 'GET', path)).body)).not.toContain(apiKey);

    expect(await api(owner, 'DELETE', `/keys/${key.id}`)).toMatchObject({ status: 204 });
    expect((await rpc('tools/list', {}, { key: apiKey })).status).toBe(401);
  });

  it('are refused with a reason', async () => {
    const { connection } = await addConnection(owner, { kind: 'sandbox' });
    const path = `/connections/${connection.id}/keys`;
    for (const [body, word] of [
      [{}, 'label'],
      [{ label: 'x', scope: 'admin' }, 'scope'],
      [{ label: 'x', expiresAt: '2001-01-01T00:00:00Z' }, 'future'],
      [{ label: 'x', expiresAt: '9999-12-31T23:59:59Z' }, '9000'],
      [{ label: 'x', owner: 'bob' }, 'owner'],
    ] as const) {
      const answer = await api(owner, 'POST', path, body);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_body' } } });
      expect(JSON.stringify(answer.body)).toContain(word);
    }
  });

  it('are changed, each field by itself', async () => {
    const { connection } = await addConnection(owner, { kind: 'sandbox' });
    const made = await api(owner, 'POST', `/connections/${connection.id}/keys`, { label: 'job' });
    const { key } = z.object({ key: z.object({ id: z.string() }) }).parse(made.body);
    const change = (body: object) => api(owner, 'PATCH', `/keys/${key.id}`, body);
    expect(await change({ limits: { maxOrderValue: 5 }, approval: 'owner' })).toMatchObject({
      status: 200,
      body: { key: { label: 'job', limits: { maxOrderValue: 5 }, approval: 'owner', allowedIps: [] } },
    });
    expect(await change({ allowedIps: ['203.0.113.9/24', '2001:DB8::/32'] })).toMatchObject({
      body: { key: { limits: { maxOrderValue: 5 }, allowedIps: ['203.0.113.0/24', '2001:db8::/32'] } },
    });
    expect(await change({ limits: { maxOrderValue: -1 }, allowedIps: ['10.0.0.0/8', 'home'] })).toMatchObject(
      {
        status: 400,
        body: {
          error: {
            fields: {
              'limits.maxOrderValue': expect.any(String),
              'allowedIps.1': expect.stringContaining('home'),
            },
          },
        },
      },
    );
    expect(await change({ scope: 'write', colour: 'red' })).toMatchObject({
      status: 400,
      body: { error: { fields: { scope: expect.any(String), colour: expect.any(String) } } },
    });
    expect(await change({})).toMatchObject({
      status: 200,
      body: { key: { label: 'job', approval: 'owner' } },
    });
    const known = (tag: string) =>
      api(owner, 'PATCH', `/keys/${key.id}`, { limits: { maxOrderValue: null } }, { 'If-Match': tag });
    expect(await known('"2"')).toMatchObject({
      status: 409,
      body: { error: { code: 'changed_elsewhere' }, key: { limits: { maxOrderValue: 5 }, version: 3 } },
    });
    expect(await known('"3"')).toMatchObject({ status: 200, body: { key: { limits: {}, version: 4 } } });
  });

  it('have a label that shows all there is in it', async () => {
    const { connection } = await addConnection(owner, { kind: 'sandbox' });
    const path = `/connections/${connection.id}`;
    for (const label of ['a\u0000b', 'safe\u202Eexe', 'two\nlines', '\u2066x', 'bell\u0007']) {
      const body = { error: { fields: { label: expect.any(String) } } };
      expect(await api(owner, 'POST', `${path}/keys`, { label })).toMatchObject({ status: 400, body });
      expect(await api(owner, 'PATCH', path, { label })).toMatchObject({ status: 400, body });
    }
    for (const label of ['Zoë’s job 👩‍👩‍👧', 'عمل', 'a-b_c/d']) {
      expect(await api(owner, 'POST', `${path}/keys`, { label })).toMatchObject({
        status: 201,
        body: { key: { label } },
      });
    }
  });

  it('are at most 20 that work', async () => {
    const { connection } = await addConnection(owner, { kind: 'sandbox' });
    const path = `/connections/${connection.id}/keys`;
    const make = (label: string) => api(owner, 'POST', path, { label, expiresAt: null });
    // The default key is one of the 20.
    for (let i = 0; i < 17; i++) expect(await make(`job ${i}`)).toMatchObject({ status: 201 });
    const atOnce = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(make));
    expect(atOnce.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    const { docs } = await database().collection('apiKeys').where('connectionId', '==', connection.id).get();

    await docs[0]?.ref.update({ expiresAt: new Date(Date.now() - 1000) });
    expect(await api(owner, 'POST', path, { label: 'in its place' })).toMatchObject({ status: 201 });
    expect(await api(owner, 'POST', path, { label: 'one more' })).toMatchObject({
      status: 409,
      body: { error: { code: 'too_many_keys' } },
    });
  });
});

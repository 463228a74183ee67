/** A request for consent in one browser, from its first address to where it goes on. */
import { expect, it } from 'vitest';
import type { Service } from '../service.ts';
import { answer, authorizationUrl, begin, send, useHost } from '../testing/oauth/oauth-host.ts';

let service: Service;
let clientId: string;

useHost((opened) => {
  ({ service, clientId } = opened);
});

const refuse = (uid: string) => answer(service, uid, { error: 'access_denied' });

it('comes back to the same page while it has no answer, and goes on with one', async () => {
  const { page, uid, headers } = await begin(service, clientId);
  for (let time = 0; time < 2; time += 1) {
    const early = await send(service, `/oauth/authorize/${uid}`, { headers });
    expect(early.status).toBe(303);
    expect(early.headers.get('location')).toBe(page);
    expect(early.headers.getSetCookie()).toEqual([]);
  }
  const address = await refuse(uid);
  const goneOn = await send(service, address, { headers });
  expect(goneOn.headers.get('location')).toMatch(/^https:\/\/host\.example\/callback\?error=access_denied/);
  expect(goneOn.headers.getSetCookie()).toEqual([expect.stringMatching(/^__session=; Max-Age=0;/)]);
});

it('goes on once, however often the browser does at the same time', async () => {
  const { uid, headers } = await begin(service, clientId);
  const address = await refuse(uid);
  const answers = await Promise.all(Array.from({ length: 3 }, () => send(service, address, { headers })));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
});

it('is neither begun nor ended by HEAD', async () => {
  const { uid, headers } = await begin(service, clientId);
  const address = await refuse(uid);
  for (const path of [authorizationUrl(clientId), address]) {
    const refused = await send(service, path, { method: 'HEAD', headers });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET']);
  }
  expect((await send(service, address, { headers })).status).toBe(303);
});

it('is gone on with only by the browser that answered it, though another one began it', async () => {
  const { uid, headers } = await begin(service, clientId);
  const path = `/oauth/authorize/${uid}`;
  const address = await refuse(uid);
  const guesses = ['', '?answer=', `?answer=${'A'.repeat(43)}`, '?answer=undefined'];
  for (const guess of guesses) {
    const refused = await send(service, path + guess, { headers });
    expect(refused.status, guess).toBe(400);
    expect(refused.headers.get('location')).toBeNull();
    expect(refused.headers.getSetCookie()).toEqual([]);
  }
  // Nor without the cookie.
  expect((await send(service, address)).status).toBe(400);
  expect((await send(service, address, { headers })).status).toBe(303);
});

it('is refused for a while to who has too many clients looked up, and to nobody else', async () => {
  service = { ...service, localMode: true };
  // Nothing listens there.
  const ask = async (index: number, address?: string) => {
    const answered = await send(service, authorizationUrl(`https://localhost:1/${index}.json`), {}, address);
    return { status: answered.status, wait: Number(answered.headers.get('retry-after')) };
  };
  for (let index = 0; index < 30; index += 1) expect((await ask(index)).status).toBe(400);
  const refused = await ask(30);
  expect(refused.status).toBe(429);
  expect(refused.wait).toBeGreaterThan(0);
  expect((await ask(31, '203.0.113.2')).status).toBe(400);
});

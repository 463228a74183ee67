/** A request for consent in one browser, from its first address to where it goes on. */
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { newOauthKeys } from '../../../local/src/secret-keys.ts';
import type { Service } from '../service.ts';
import { useFirestore } from '../store/firestore-fixture.ts';
import { authorizationServer } from './provider.ts';
import { newService, send } from './service-fixture.ts';

const REDIRECT_URI = 'https://host.example/callback';
let db: Firestore;
let service: Service;
let clientId: string;

useFirestore(
  () => startFirestoreServer({ port: 0 }),
  (opened) => {
    db = opened;
  },
);
beforeEach(async () => {
  service = newService({ db, oauthKeys: newOauthKeys() });
  const registered = await send(service, '/oauth/register', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  });
  clientId = z.object({ client_id: z.string() }).parse(await registered.json()).client_id;
});

function authorizationUrl(): string {
  const parameters = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    state: 'xyzzy',
  };
  return `/oauth/authorize?${new URLSearchParams(parameters)}`;
}

async function begin() {
  const answer = await send(service, authorizationUrl());
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const page = answer.headers.get('location') ?? '';
  return { page, uid: page.replace('/consent/', ''), headers: { Cookie: cookie } };
}

async function refuse(uid: string): Promise<void> {
  const interaction = await authorizationServer(service).provider.Interaction.find(uid);
  if (interaction === undefined) throw new Error('There is no such request.');
  interaction.result = { error: 'access_denied' };
  await interaction.save(60);
}

it('comes back to the same page while it has no answer, and goes on with one', async () => {
  const { page, uid, headers } = await begin();
  for (let time = 0; time < 2; time += 1) {
    const early = await send(service, `/oauth/authorize/${uid}`, { headers });
    expect(early.status).toBe(303);
    expect(early.headers.get('location')).toBe(page);
    expect(early.headers.getSetCookie()).toEqual([]);
  }
  await refuse(uid);
  const answer = await send(service, `/oauth/authorize/${uid}`, { headers });
  expect(answer.headers.get('location')).toMatch(/^https:\/\/host\.example\/callback\?error=access_denied/);
  expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^__session=; Max-Age=0;/)]);
});

it('goes on once, however often the browser does at the same time', async () => {
  const { uid, headers } = await begin();
  await refuse(uid);
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => send(service, `/oauth/authorize/${uid}`, { headers })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
});

it('is neither begun nor ended by HEAD', async () => {
  const { uid, headers } = await begin();
  await refuse(uid);
  for (const path of [authorizationUrl(), `/oauth/authorize/${uid}`]) {
    const answer = await send(service, path, { method: 'HEAD', headers });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  }
  expect((await send(service, `/oauth/authorize/${uid}`, { headers })).status).toBe(303);
});

/** What strangers register, and what is answered to it. */
import { expect, it } from 'vitest';
import type { Service } from '../../service.ts';
import { REDIRECT_URI, send, useHost } from '../../testing/oauth/oauth-host.ts';

let service: Service;

useHost((opened) => {
  ({ service } = opened);
});

async function register(body: string) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await send(service, '/oauth/register', { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

it.each(['client_name', 'redirect_uris', 'grant_types', 'contacts'])(
  'refuses a client whose %s is nested without end, as its own mistake',
  async (member) => {
    const nested = `${'['.repeat(7_000)}${']'.repeat(7_000)}`;
    const refused = await register(`{"redirect_uris": ["${REDIRECT_URI}"], "${member}": ${nested}}`);
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  },
);

it('takes what is empty for what is left out', async () => {
  const empty = { response_types: [], grant_types: [], client_uri: '', token_endpoint_auth_method: '' };
  const asked = JSON.stringify({ redirect_uris: [REDIRECT_URI], ...empty });
  const usual = { response_types: ['code'], grant_types: ['authorization_code', 'refresh_token'] };
  expect(await register(asked)).toMatchObject({ status: 201, body: usual });
  expect(await register('{"redirect_uris": []}')).toMatchObject({
    status: 400,
    body: { error: 'invalid_redirect_uri' },
  });
});

/** Preflights; the Hosting emulator answers them by itself. */
import { expect, it } from 'vitest';
import type { Config } from '../config.ts';
import { checkMethod, checkSource } from './request-checks.ts';

const ORIGIN = 'https://gateway.example';
const config = { publicOrigin: ORIGIN, localMode: false } as Config;

const preflight = (origin: string) =>
  new Request(`${ORIGIN}/mcp`, { method: 'OPTIONS', headers: { Host: 'gateway.example', Origin: origin } });

it('answers a preflight of its own pages, without a credential', () => {
  const request = preflight(ORIGIN);
  expect(checkSource(request, config)).toBeNull();
  const answer = checkMethod(request, config);
  expect(answer?.status).toBe(204);
  expect(answer?.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(answer?.headers.get('access-control-allow-headers')).toContain('Authorization');
});

it('refuses those of other pages', () => {
  expect(checkSource(preflight('https://evil.example'), config)?.status).toBe(403);
});

it.each([
  ['gateway.example', null],
  ['acme.web.app', 403],
  ['acme.firebaseapp.com', 403],
  ['acme--pr1-a1b2c3.web.app', 403],
])('takes calls through Hosting at its one address: %s', (host, status) => {
  const headers = { Host: 'mcp-a1b2c3-uc.a.run.app', 'X-Forwarded-Host': host };
  const asked = new Request(`${ORIGIN}/mcp`, { method: 'POST', headers });
  expect(checkSource(asked, config)?.status ?? null).toBe(status);
});

import type { Client } from 'oidc-provider';
import { expect, it } from 'vitest';
import type { Grant } from '../../store/credentials/grants.ts';
import { describeClient, isSameApp } from './client-description.ts';

const published = (clientId: string) => ({ clientId, clientIdMetadataDocument: true }) as unknown as Client;
const registered = (clientId: string, clientName: string) => ({ clientId, clientName }) as Client;

it.each([
  ['https://claude.ai/client.json', 'https://claude.ai/callback', true],
  ['https://www.cursor.com/client.json', 'https://cursor.com/callback', true],
  ['https://vscode.dev/client.json', 'https://insiders.vscode.dev/redirect', true],
  ['https://claude.ai/client.json', 'https://evil.example/callback', false],
  ['https://claude.ai/client.json', 'https://notclaude.ai/callback', false],
  ['https://claude.ai/client.json', 'https://claude.ai.evil.example/callback', false],
  ['https://claude.ai/client.json', 'http://localhost/callback', false],
  ['https://claude.ai/client.json', 'claude://claude.ai/callback', false],
])('the publisher of %s vouches for %s: %s', (clientId, redirectUri, verified) => {
  expect(describeClient(published(clientId), redirectUri).verified).toBe(verified);
});

it.each([
  ['a web site', 'https://host.example/callback', true],
  ['a program on this machine', 'http://127.0.0.1:39211/callback', false],
  ['an app', 'app.example:/callback', false],
])('a name stands for one app at %s only where nobody else is answered', (_, redirectUri, same) => {
  const one = describeClient(registered('one', 'Host'), redirectUri);
  const other = describeClient(registered('other', 'Host'), redirectUri);
  const grant = { clientId: 'one', clientName: 'Host', redirectHost: one.redirectHost } as Grant;
  expect(isSameApp(grant, one)).toBe(true);
  expect(isSameApp(grant, other)).toBe(same);
});

import { expect, it } from 'vitest';
import { effectiveAuthorizationRequest } from './authorization-request.ts';

const ORIGIN = 'https://gateway.example';
const effective = (query: string) =>
  effectiveAuthorizationRequest(new URLSearchParams(query), ORIGIN).toString();

it.each([
  ['client_id=a&state=b%20c', 'client_id=a&state=b+c&scope=read&prompt=consent'],
  ['scope=read+write&prompt=login', 'scope=read+write&prompt=consent'],
  ['scope=openid+profile+read&nonce=1&max_age=0&claims=%7B%7D', 'scope=read&prompt=consent'],
  ['prompt=none', 'prompt=none&scope=read'],
  ['response_mode=query', 'response_mode=query&scope=read&prompt=consent'],
  ['response_mode=form_post', 'response_mode=unsupported&scope=read&prompt=consent'],
  ['resource=a&resource=b', 'resource=a&resource=b&scope=read&prompt=consent'],
])('takes %s as %s', (asked, taken) => expect(effective(asked)).toBe(taken));

it.each([
  'https://gateway.example/mcp',
  'https://gateway.example/mcp/',
  'https://gateway.example/',
  'https://gateway.example',
  'HTTPS://GATEWAY.Example:443/mcp',
])('takes the resource %s for the one there is', (resource) => {
  const asked = new URLSearchParams([
    ['resource', resource],
    ['resource', `${ORIGIN}/mcp`],
  ]);
  const { searchParams } = new URL(`?${effective(asked.toString())}`, ORIGIN);
  expect(searchParams.getAll('resource')).toEqual([`${ORIGIN}/mcp`]);
});

it.each([
  'https://gateway.example/MCP',
  'https://gateway.example/mcp//',
  'https://gateway.example/mcp?a=1',
  'https://gateway.example/mcp?',
  'https://gateway.example/mcp#',
  'https://user@gateway.example/mcp',
  'https://gateway.example:444/mcp',
  'http://gateway.example/mcp',
  'https://gateway.example./mcp',
  'https://gateway.example.evil.example/mcp',
  'gateway.example/mcp',
  '',
])('leaves the resource %j to be refused', (resource) => {
  const asked = new URLSearchParams({ resource });
  const { searchParams } = new URL(`?${effective(asked.toString())}`, ORIGIN);
  expect(searchParams.get('resource')).toBe(resource);
});

it('leaves what is given twice for the provider to refuse', () => {
  expect(effective('scope=a&scope=b&prompt=c&prompt=d&response_mode=e&response_mode=f')).toBe(
    'scope=a&scope=b&prompt=c&prompt=d&response_mode=e&response_mode=f',
  );
});

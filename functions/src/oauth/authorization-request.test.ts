import { expect, it } from 'vitest';
import { effectiveAuthorizationRequest } from './authorization-request.ts';

const effective = (query: string) => effectiveAuthorizationRequest(new URLSearchParams(query)).toString();

it.each([
  ['client_id=a&state=b%20c', 'client_id=a&state=b+c&scope=read&prompt=consent'],
  ['scope=read+write&prompt=login', 'scope=read+write&prompt=consent'],
  ['scope=openid+profile+read&nonce=1&max_age=0&claims=%7B%7D', 'scope=read&prompt=consent'],
  ['prompt=none', 'prompt=none&scope=read'],
  ['response_mode=query', 'response_mode=query&scope=read&prompt=consent'],
  ['response_mode=form_post', 'response_mode=unsupported&scope=read&prompt=consent'],
  ['resource=a&resource=b', 'resource=a&resource=b&scope=read&prompt=consent'],
])('takes %s as %s', (asked, taken) => expect(effective(asked)).toBe(taken));

it('leaves what is given twice for the provider to refuse', () => {
  expect(effective('scope=a&scope=b&prompt=c&prompt=d&response_mode=e&response_mode=f')).toBe(
    'scope=a&scope=b&prompt=c&prompt=d&response_mode=e&response_mode=f',
  );
});

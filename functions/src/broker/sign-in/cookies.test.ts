import { expect, test } from 'vitest';
import { Cookies, cookieList } from './cookies.ts';

const PAGE = new URL('https://ndcdyn.interactivebrokers.com/sso/Login');

test('cookies go back where their host and path say, the last of a name', () => {
  const cookies = new Cookies();
  cookies.take(PAGE, [
    'JSESSIONID=1; Path=/sso; Secure',
    'REGION=NJ; Path=/; Domain=.interactivebrokers.com',
  ]);
  cookies.take(PAGE, 'JSESSIONID=2; Path=/sso');
  expect(cookies.forPage(new URL('https://ndcdyn.interactivebrokers.com/sso/Authenticator'))).toBe(
    'REGION=NJ; JSESSIONID=2',
  );
  expect(cookies.forPage(new URL('https://www.interactivebrokers.com/sso/Dispatcher'))).toBe('REGION=NJ');
  expect(cookies.forPage(new URL('https://ndcdyn.interactivebrokers.com/ssother'))).toBe('REGION=NJ');
  expect(cookies.forPage(new URL('https://interactivebrokers.com.example/'))).toBe('');
});

test('no host sets cookies for another domain', () => {
  const cookies = new Cookies();
  cookies.take(PAGE, 'XYZAB=evil; Path=/; Domain=ibkr.com');
  expect(cookies.forPage(new URL('https://api.ibkr.com/'))).toBe('');
});

test('what is taken back is dropped', () => {
  for (const over of ['Max-Age=0', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']) {
    const cookies = new Cookies();
    cookies.take(PAGE, 'USERID=7; Path=/');
    expect(cookies.has('USERID')).toBe(true);
    cookies.take(PAGE, `USERID=; Path=/; ${over}`);
    expect(cookies.has('USERID')).toBe(false);
  }
});

test('the API is called with what any host set for its path, as it was stored', () => {
  const cookies = new Cookies();
  cookies.set('XYZAB', 'ab');
  cookies.take(PAGE, ['JSESSIONID=1; Path=/sso', 'USERID=7; Path=/', 'api=x; Path=/v1/api']);
  const stored = new Cookies(cookieList.parse(JSON.parse(JSON.stringify(cookies.all))));
  expect(stored.forApi('/v1/api/tickle')).toBe('XYZAB=ab; USERID=7; api=x');
});

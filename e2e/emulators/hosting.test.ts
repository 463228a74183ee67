/** Firebase Hosting by `firebase.json`: which addresses there are, and the headers that guard pages. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { demo } from '../own-stack.ts';
import { eachWithPage } from '../pages/watched-page.ts';

const origin = () => demo().origin;

describe('addresses that no page has', () => {
  it.each(['/sse', '/register', '/token', '/authorize', '/favicon.ico', '/connectx', '/mcpx', '/apix/me'])(
    'answers 404 to %s, whatever the method',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        expect((await fetch(origin() + path, { method, redirect: 'manual' })).status).toBe(404);
      }
    },
  );

  it.each([
    '/',
    '/connect',
    '/connections',
    '/connections/new/gateway',
    '/connections/x/try/get_quote',
    '/approve/x',
    '/consent/x',
    '/help',
    '/help/tools',
  ])('answers 200 to the page %s', async (path) => {
    expect((await fetch(origin() + path)).status).toBe(200);
  });
});

describe('Hosting', () => {
  it('lets search engines read what is public, and nothing else', async () => {
    const robots = await fetch(`${origin()}/robots.txt`);
    expect(robots.headers.get('content-type')).toContain('text/plain');
    expect(await robots.text()).toMatch(/Allow: \/help\nDisallow: \/\n$/);
  });

  it('guards pages, has them asked for anew, and keeps what they load', async () => {
    const page = await fetch(`${origin()}/help/mcp`);
    const asset = /\/assets\/[^"]+\.js/.exec(await page.text())?.[0];
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${origin()}/`)).headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(origin() + asset)).headers.get('cache-control')).toContain('immutable');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    // Styles may be inline, as Mantine writes its variables into a style element; scripts may not.
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self' https://apis.google.com;");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it.each(['/consent/uid', '/approve/id'])('tells nobody of %s', async (path) => {
    const page = await fetch(origin() + path);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('leaves the stricter headers of the page about a failed connection alone', async () => {
    const page = await fetch(`${origin()}/oauth/authorize?client_id=nobody`);
    expect(await page.text()).toContain('invalid_client');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  it('leaves what functions say of caching alone', async () => {
    expect((await fetch(`${origin()}/api/config`)).headers.get('cache-control')).toBe('no-store');
  });

  it('lets a deployed page reach Google’s sign-in and nothing of this machine', async () => {
    const deployed = await readFile(new URL('../../firebase.json', import.meta.url), 'utf8');
    expect(deployed).toContain(
      "connect-src 'self' https://identitytoolkit.googleapis.com https://securetoken.googleapis.com;",
    );
    expect(deployed).not.toMatch(/localhost|127\.0\.0\.1/);
  });
});

describe('a page in a browser', () => {
  let page: Page;
  let faults: string[];
  eachWithPage({}, (fresh) => {
    ({ page, faults } = fresh);
  });

  it('lets no script run that somebody got into a page', async () => {
    await page.goto(`${origin()}/help`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const ran = await page.evaluate<boolean>(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return window.ran === true;
    })()`);
    expect(ran).toBe(false);
    expect(faults.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
  });
});

describe('a body above 1 MiB', () => {
  it('is refused, several at once, and the emulator goes on', async () => {
    const post = () => fetch(`${origin()}/mcp`, { method: 'POST', body: Buffer.alloc(3 * 1_048_576, 'x') });
    const answers = await Promise.all(Array.from({ length: 5 }, post));
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413, 413]);
    expect((await fetch(`${origin()}/mcp`, { method: 'POST' })).status).toBe(401);
  });
});

/** What every test of a page looks at besides its own matter. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser } from '../browser.ts';
import { seenSecrets } from '../own-stack.ts';
import { assertTellsNothingEntered, noteSent } from '../seen-secrets.ts';

export const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };

/**
 * Notes what goes wrong in a page without a test looking: console errors and warnings, which violations of the
 * content security policy are among, exceptions, and requests off this machine.
 */
function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    noteSent(seenSecrets(), request.postData() ?? '');
    const { hostname, protocol } = new URL(request.url());
    const isHere = protocol === 'data:' || ['localhost', '127.0.0.1'].includes(hostname);
    if (!isHere) faults.push(`request to ${request.url()}`);
  });
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    // What it tells of is the simulator's user, for whoever is on its machine.
    if (!pathname.startsWith('/api/') || pathname === '/api/demo-sign-in') return;
    const answer = await response.text().catch(() => '');
    try {
      assertTellsNothingEntered(answer);
    } catch (error) {
      faults.push(String(error));
    }
  });
}

/** What one test has to itself. */
export interface Fresh {
  context: BrowserContext;
  page: Page;
  /** What went wrong that no test looked at; empty when the test ends. */
  faults: string[];
}

/**
 * Gives each test of a file, or of a `describe`, a page in a browser without memory, and fails it for whatever went
 * wrong in that page besides.
 * @param options Of the browser's context; asked for before each test where they depend on what is running.
 * @param use Told before each test.
 */
export function eachWithPage(
  options: BrowserContextOptions | (() => BrowserContextOptions),
  use: (fresh: Fresh) => void,
): void {
  let browser: Browser;
  let fresh: Fresh;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const asked = typeof options === 'function' ? options() : options;
    const context = await browser.newContext({ viewport: DESK, reducedMotion: 'reduce', ...asked });
    context.setDefaultTimeout(60_000);
    fresh = { context, page: await context.newPage(), faults: [] };
    watch(fresh.page, fresh.faults);
    use(fresh);
  });
  afterEach(async () => {
    await fresh.context.close();
    expect(fresh.faults).toEqual([]);
  });
}

/** How well a colour is told from what is behind an element, as WCAG reckons it. */
const CONTRAST = `
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const contrast = (color, element) => {
    const both = [color, behind(element)].map(luminance).sort((a, b) => a - b);
    return (both[1] + 0.05) / (both[0] + 0.05);
  };`;

/** Placeholders that are hard to read against their field (below 4.5 : 1), which axe does not look at. */
const FAINT_PLACEHOLDERS = `(() => {${CONTRAST}
  return [...document.querySelectorAll('[placeholder]:not([placeholder=""]):placeholder-shown')].flatMap((field) =>
    contrast(getComputedStyle(field, '::placeholder').color, field) < 4.5 ? [field.placeholder] : [],
  );
})()`;

/** What can be filled in or pressed and is told from the page by its edge alone, where that is hard to see (below 3 : 1). */
const FAINT_EDGES = `(() => {${CONTRAST}
  const controls = 'input, select, textarea, .mantine-PillsInput-input, .mantine-Button-root[data-variant="default"]';
  return [...document.querySelectorAll(controls)].flatMap((control) => {
    const { appearance, backgroundColor, borderTopColor, borderTopWidth, opacity } = getComputedStyle(control);
    const isDrawn = control.checkVisibility() && control.offsetWidth > 1 && opacity === '1' && parseFloat(borderTopWidth) > 0;
    const isOwn = appearance === 'none' || !['radio', 'checkbox'].includes(control.type);
    if (!isDrawn || !isOwn || control.disabled) return [];
    const edge = control.checked ? backgroundColor : borderTopColor;
    return contrast(edge, control.parentElement) < 3 ? [control.outerHTML.slice(0, 200)] : [];
  });
})()`;

/** Rules that the build made of others by switches that nothing sets: what they colour has no colour. */
const LOST_RULES = `[...document.styleSheets]
  .flatMap((sheet) => {
    try {
      return [...sheet.cssRules];
    } catch {
      // It did not arrive.
      return [];
    }
  })
  .map(({ cssText }) => cssText)
  .filter((text) => text.includes('--lightningcss-'))`;

/** Links in the colours of the browser instead of the site's. */
const PLAIN_LINKS = `[...document.querySelectorAll('a[href]')]
  .filter((link) => ['rgb(0, 0, 238)', 'rgb(85, 26, 139)', 'rgb(158, 158, 255)'].includes(getComputedStyle(link).color))
  .map(({ outerHTML }) => outerHTML.slice(0, 200))`;

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
/** Of axe's rules those that look at colours: what the other scheme changes of a page, whose parts are the same in both. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** @param rules All where left out. The pages have no frames of their own. */
const runAxe = (rules?: readonly string[]) => `axe
  .run({ iframes: false, resultTypes: ['violations'], ${rules ? `runOnly: ${JSON.stringify(rules)}` : ''} })
  .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) })))`;

/** Loads axe once for each page: that takes longer than all that it looks at. */
async function violationsIn(page: Page, rules?: readonly string[]): Promise<{ id: string; at: string[] }[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(runAxe(rules));
}

/** Of the page as it is now, at both widths and in both colour schemes: nothing for axe to find, no scrolling sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize();
  expect(await page.evaluate<string[]>(LOST_RULES)).toEqual([]);
  for (const viewport of [DESK, PHONE]) {
    await page.setViewportSize(viewport);
    for (const [colorScheme, rules] of [['dark', COLOUR_RULES], ['light']] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violationsIn(page, rules)).toEqual([]);
      expect(await page.evaluate<string[]>(FAINT_PLACEHOLDERS)).toEqual([]);
      expect(await page.evaluate<string[]>(FAINT_EDGES)).toEqual([]);
      expect(await page.evaluate<string[]>(PLAIN_LINKS)).toEqual([]);
    }
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(overflow)).toBe(0);
  }
  if (before !== null) await page.setViewportSize(before);
}

export function clipboardOf(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}

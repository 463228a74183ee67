/** How far a page's parts are moved by what comes later. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** As browsers reckon it: above 0.1, Google calls it poor. */
const MOST_SHIFTED = 0.05;

const WATCH_SHIFTS = `window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
  }).observe({ type: 'layout-shift', buffered: true });`;

/** From the next document on. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(WATCH_SHIFTS);
}

/** Of the document that is shown. */
export async function expectStill(page: Page, path = new URL(page.url()).pathname): Promise<void> {
  expect(await page.evaluate<number>('window.shifted'), path).toBeLessThanOrEqual(MOST_SHIFTED);
}

/** What was moved until now counts no more: before what is looked at. */
export async function forgetShifts(page: Page): Promise<void> {
  await page.evaluate('window.shifted = 0');
}

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** A name that leads to this machine, which browsers do not trust as they trust `localhost`. */
export const UNTRUSTED_HOST = 'gateway.test';

/** Unpacks the browser where it is not yet; two that do it at the same time would disturb each other. */
export async function unpackBrowser(): Promise<string> {
  return chromiumPackage.executablePath();
}

/**
 * Starts headless Chromium from its npm package, which unpacks it into the temporary folder once (seconds).
 * Nothing but this machine can be reached from it.
 *
 * The package's own flags are left out: they suit a one-page cloud function. `--single-process` ends the browser
 * with its first closed context, and `--disable-web-security` hides faults that users would meet.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await unpackBrowser();
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      '--disable-background-networking',
      '--font-render-hinting=none',
      // Pages live for seconds here: what the optimizing compilers cost, a quarter of the browser's time, never pays off.
      '--js-flags=--no-maglev --no-turbofan',
      `--host-resolver-rules=MAP ${UNTRUSTED_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    ],
    // The fonts that the package brings, so that text is as wide on every machine.
    env: { FONTCONFIG_PATH: join(tmpdir(), 'fonts') },
  });
}

/** What the tests of a connection's pages do in them. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { z } from 'zod';
import { api, signInAsDemoUser } from '../console-client.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { postToSimulator } from '../sandbox.ts';
import { eachWithPage, type Fresh } from './watched-page.ts';

/**
 * What a person does in a page, and sees.
 * @param current The page of the test that is running.
 */
export function controlsOf(current: () => Page) {
  return {
    async openSignedIn(path: string): Promise<void> {
      const page = current();
      await page.goto(demo().origin + path);
      await page.getByRole('button', { name: 'Continue as the demo user' }).click();
      await page.getByRole('button', { name: demo().email }).waitFor();
    },
    heading: (name: string | RegExp) =>
      current().getByRole('heading', { level: 1, name, exact: true }).waitFor(),
    press: (name: string) => current().getByRole('button', { name, exact: true }).click(),
    field: (label: string) => current().getByLabel(label, { exact: true }),
    section: (name: string) => current().getByRole('region', { name, exact: true }),
    /** The key that a page shows this once. */
    shownKey: async () => (await current().locator('figure code').innerText()).trim(),
    /** That every step of a connection's test is there and went well. */
    async expectWorking(): Promise<void> {
      const page = current();
      await page.getByText('done. The brokerage session is open.').waitFor();
      await page.getByText(/done\. Accounts: ••••\w{3}/).waitFor();
      await page.getByText(/done\. IBKR says that the login is paper/).waitFor();
    },
    /** What a button saves as a file. */
    async saved(button: string): Promise<string> {
      const page = current();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button, exact: true }).click(),
      ]);
      return readFile(await download.path(), 'utf8');
    },
    expectFocus: (element: Locator) => element.and(current().locator(':focus')).waitFor(),
  };
}

/** Gives each test of a file a page, and what a person does there. Call it at the top of the file. */
export function eachWithControls(use: (fresh: Fresh) => void): ReturnType<typeof controlsOf> {
  let page: Page;
  eachWithPage({}, (fresh) => {
    ({ page } = fresh);
    use(fresh);
  });
  return controlsOf(() => page);
}

/** A new connection of the demo user, by the console's API. */
export async function connection(
  fields: object = { kind: 'sandbox', label: 'Sandbox' },
): Promise<{ id: string; key: string }> {
  const token = await signInAsDemoUser();
  const { body } = await api(token, 'POST', '/connections', fields);
  const created = z.object({ connection: z.object({ id: z.string() }), apiKey: z.string() }).parse(body);
  return { id: created.connection.id, key: created.apiKey };
}

/** The same, of a login with two accounts: their numbers. */
export async function connectionWithTwoAccounts() {
  const made = await connection();
  await postToSimulator('/sim/sandboxes', { id: made.id, accounts: 2 });
  const [first = '', second = ''] = z
    .object({ accounts: z.array(z.object({ account_id: z.string() })) })
    .parse(await callTool('get_accounts', {}, made.key))
    .accounts.map(({ account_id }) => account_id);
  return { ...made, first, second };
}

/** What a key is answered with, by its status. */
export async function statusOf(key: string, headers: Record<string, string> = {}): Promise<number> {
  return (await rpc('tools/list', {}, { key, headers })).status;
}

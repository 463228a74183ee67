/** Signing in to IBKR by name and password as its owner meets it in a browser, at a desk and on a phone. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demo } from '../../own-stack.ts';
import { postToSimulator } from '../../sandbox.ts';
import { controlsOf } from '../connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from '../watched-page.ts';

let page: Page;
/** What went wrong in the page without a test looking. */
let faults: string[];
const { openSignedIn, heading, press, field, section, expectWorking } = controlsOf(() => page);

/** A new user of the simulated IBKR: a test that runs again has a user that nothing was tried with. */
async function newUser(settings: object = {}): Promise<{ username: string; password: string }> {
  const username = `walk-${randomUUID()}`;
  const user = z.object({ password: z.string() });
  const { password } = user.parse(await postToSimulator('/sim/sign-ins/users', { username, ...settings }));
  return { username, password };
}

/** The code that IBKR sent last. */
async function sentTo(username: string): Promise<string> {
  const answer = await fetch(`http://${demo().simulator}/sim/sign-ins?user=${username}`);
  const sent = z.object({ sent: z.array(z.object({ code: z.string() })) });
  const { byUser } = z.object({ byUser: z.record(z.string(), sent) }).parse(await answer.json());
  return byUser[username]?.sent.at(-1)?.code ?? '';
}

/** Fills in the form and sends it. */
async function add(entered: { username: string; password: string; totpSecret?: string }): Promise<void> {
  await openSignedIn('/connections/new/managed');
  await heading('Add IBKR name and password');
  await field('Username').fill(entered.username);
  await field('Password').fill(entered.password);
  await field('Activation code of your authenticator app (optional)').fill(entered.totpSecret ?? '');
  await field('Address of the sign-in (optional)').fill(`http://${demo().simulator}`);
  await press('Add and test');
  await heading('My IBKR account is saved, but does not work yet');
}

/** The tool that reads the status answers 422 where there is no session. */
const expectNoFaultsBut422 = () =>
  expect(faults.splice(0).filter((fault) => !fault.includes('422'))).toEqual([]);

/** Has the code sent that the page asks for, mistypes it, and types it. */
async function typeSentCode(username: string): Promise<void> {
  await page.getByText('failed. IBKR asks for a code that it sends by email or text message').waitFor();
  expect(await sentTo(username)).toBe('');
  await press('Have the code sent');
  await page.getByText('IBKR has sent a code to this user, by email or text message.').waitFor();
  await expectAccessible(page);
  const code = await sentTo(username);
  await field('Code that IBKR sent').fill(code === '000000' ? '000001' : '000000');
  await press('Sign in to IBKR');
  await page.getByText('IBKR refused the code.').waitFor();
  await field('Code that IBKR sent').fill(code);
  await press('Sign in to IBKR');
}

describe('at a desk', () => {
  eachWithPage({}, (fresh) => {
    ({ page, faults } = fresh);
  });

  it('it is one walk from adding a connection to a quote, with the user of this machine', async () => {
    await openSignedIn('/connections');
    await page.getByRole('link', { name: 'Add a connection' }).click();
    await page.getByRole('link', { name: 'Enter name and password' }).click();
    await press('Fill in the demo user');
    expect(await field('Username').inputValue()).toBe(demo().managed.username);
    await expectAccessible(page);
    await press('Add and test');
    await heading('My IBKR account is added');
    await expectWorking();
    await page.getByRole('link', { name: 'Open the connection' }).click();
    await page.getByRole('link', { name: 'Try a tool' }).click();
    await page.getByRole('textbox', { name: 'symbol' }).fill('nvda');
    await press('Run');
    await page.getByText(/^get_quote answered in \d/).waitFor();
    expect(await page.content()).not.toContain(demo().managed.password);
  });

  it.each([
    ['a wrong password', {}, { password: 'wrong' }, 'IBKR refused the username and password'],
    [
      'a wrong activation code',
      { secondFactors: ['4'] },
      { totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' },
      'IBKR refused the code of the authenticator app',
    ],
    ['a user of the other mode', { mode: 'live' }, {}, 'is for the other mode, paper or live'],
  ])('%s is said in words, and what to do', async (_, settings, entered, words) => {
    await add({ ...(await newUser(settings)), ...entered });
    await page.getByText(words).waitFor();
    await expectAccessible(page);
    expectNoFaultsBut422();
  });

  it('a code that IBKR mails is had sent, mistyped, and typed', async () => {
    const user = await newUser({ secondFactors: ['4.2'], mailsCodeToNewDevice: true });
    await add(user);
    await typeSentCode(user.username);
    await expectWorking();
    expectNoFaultsBut422();
  });
});

describe('on a phone', () => {
  eachWithPage({ viewport: PHONE }, (fresh) => {
    ({ page, faults } = fresh);
  });

  it('a code that IBKR texts is had sent, mistyped, and typed', async () => {
    const user = await newUser({ secondFactors: ['4.2'] });
    await add(user);
    await typeSentCode(user.username);
    await expectWorking();
    expectNoFaultsBut422();
  });

  it('of several second factors the owner chooses one, and of those that IBKR offers', async () => {
    const user = await newUser({ secondFactors: ['4', '4.2'] });
    await add(user);
    await page.getByText('failed. IBKR asks for a code of the authenticator app').waitFor();
    await press('Have a code sent');
    await page.getByText('IBKR has sent a code to this user, by email or text message.').waitFor();
    await expectAccessible(page);
    expect(await page.getByRole('button', { name: 'Use a code of my authenticator app' }).count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Ask on my phone' }).count()).toBe(0);
    await field('Code that IBKR sent').fill(await sentTo(user.username));
    await press('Sign in to IBKR');
    await expectWorking();
    expectNoFaultsBut422();
  });

  it('a yes is asked for, and the page goes on by itself when it came', async () => {
    const user = await newUser({ secondFactors: ['5.2i'] });
    await add(user);
    await page.getByText('failed. IBKR asks for approval in its app on the phone').waitFor();
    await page.getByRole('link', { name: 'Open the connection' }).click();
    await page.getByText('IBKR needs your approval on your phone').first().waitFor();
    await press('Ask on my phone');
    await page.getByText('IBKR asks in its app on the phone whether this sign-in is yours.').waitFor();
    await expectAccessible(page);
    await postToSimulator('/sim/sign-ins/users', { username: user.username, push: 'approved' });
    await page.getByText(/^Connected since/).waitFor();
    await section('Positions').waitFor();
    expectNoFaultsBut422();
  });
});

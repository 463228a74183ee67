/** Connections as their owner adds them in a browser: each kind of them, and with the keyboard alone. */
import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demo } from '../../own-stack.ts';
import { postToSimulator } from '../../sandbox.ts';
import { connection, eachWithControls, statusOf } from '../connection-page.ts';
import { expectAccessible } from '../watched-page.ts';

let page: Page;
/** What went wrong in the page without a test looking. */
let faults: string[];
const { openSignedIn, heading, press, field, section, shownKey, expectWorking, expectFocus } =
  eachWithControls((fresh) => {
    ({ page, faults } = fresh);
  });

describe('a connection is added', () => {
  it('to a sandbox with one click, its key shown once', async () => {
    await openSignedIn('/connections');
    await page.getByRole('link', { name: 'Add a connection' }).click();
    await heading('Add a connection');
    await expectAccessible(page);
    await press('Add a sandbox');
    await heading(/^Sandbox( \d+)? is added$/);
    await page.getByText('it is not shown again').waitFor();
    await expectWorking();
    await expectAccessible(page);
    const key = await shownKey();
    expect(await statusOf(key)).toBe(200);
    await page.getByRole('link', { name: 'Open the connection' }).click();
    await heading(/^Sandbox( \d+)?$/);
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByText(`${key.slice(0, 9)}…${key.slice(-4)}`).waitFor();
    expect(await page.content()).not.toContain(key);
  });

  it('with the keyboard alone', async () => {
    await openSignedIn('/connections/new');
    await heading('Add a connection');
    const add = page.getByRole('button', { name: 'Add a sandbox' });
    await page.getByRole('link', { name: 'Skip to content' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expectFocus(add);
    await page.keyboard.press('Enter');
    await heading(/^Sandbox( \d+)? is added$/);
    await expectFocus(page.getByRole('heading', { level: 1 }));
  });

  it('and opened, with the focus at its top, and tabs that keep it', async () => {
    const { id } = await connection();
    await openSignedIn('/connections');
    await page.locator(`a[href="/connections/${id}"]`).press('Enter');
    await page.getByRole('navigation', { name: 'Sandbox' }).waitFor();
    await expectFocus(page.getByRole('main'));
    await page.keyboard.press('Tab');
    await expectFocus(page.getByRole('button', { name: 'Stop trading on Sandbox' }));
    const keys = page.getByRole('link', { name: 'Keys' });
    await keys.press('Enter');
    await section('Default').waitFor();
    await expectFocus(keys);
  });

  it('to a gateway, whose fields say what is wrong and lose nothing', async () => {
    await openSignedIn('/connections/new/gateway');
    await press('Add and test');
    await page.getByText('Enter the address of your gateway.').waitFor();
    await expectFocus(field('URL'));
    await field('URL').fill('ftp://gateway.example.com');
    await page.getByText('does not start with https://').waitFor();
    await field('Certificate or fingerprint (optional)').fill('AB:CD');
    await page.getByText('is neither a PEM certificate nor a SHA-256 fingerprint').waitFor();
    await press('Add a header');
    await field('Name of header 1').fill('Host');
    await field('Value of header 1').fill('x');
    await page.getByText('host cannot be set').waitFor();
    await expectAccessible(page);

    await field('Name').fill('Home gateway');
    await press('Add and test');
    await page.getByRole('alert').getByText('Not saved').waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')]);
    expect(await field('Name of header 1').inputValue()).toBe('Host');
    expect(await field('Name').inputValue()).toBe('Home gateway');

    await press('Remove header 1');
    await field('Certificate or fingerprint (optional)').fill('');
    await page.getByRole('link', { name: 'Help' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await press('Stay');
    // A port that browsers and servers leave alone.
    await field('URL').fill('http://127.0.0.1:1');
    await page.getByText('It looks right.').waitFor();
    await press('Add and test');
    await heading('Home gateway is saved, but does not work yet');
    await page.getByText(/failed\. The machine at the address of your gateway refuses/).waitFor();
    await expectAccessible(page);
    await press('Change the address');
    await field('Address of the gateway').fill('gateway');
    await press('Save and test');
    await page.getByRole('alert').getByText('Not saved').waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')]);
    await field('Address of the gateway').fill(`http://${demo().simulator}`);
    await press('Save and test');
    await heading('Home gateway is added');
    await expectWorking();
  });

  it('to IBKR by name and password, and asks for a code where none is stored', async () => {
    // A test that runs again does not send its code twice.
    const username = `page-${randomUUID()}`;
    const signIn = z
      .object({ password: z.string(), totpSecret: z.string() })
      .parse(await postToSimulator('/sim/sign-ins/users', { username, secondFactors: ['4'] }));
    await openSignedIn('/connections/new');
    await page.getByRole('link', { name: 'Enter name and password' }).click();
    await heading('Add IBKR name and password');
    await press('Add and test');
    await page.getByText('Enter the password of that user.').waitFor();
    await expectFocus(field('Username'));
    await field('Username').fill(username);
    await field('Password').fill(signIn.password);
    const activationCode = field('Activation code of your authenticator app (optional)');
    await activationCode.fill('123456');
    await page.getByText('not a code of six digits').waitFor();
    await expectAccessible(page);
    await activationCode.fill('');
    await field('Address of the sign-in (optional)').fill(`http://${demo().simulator}`);
    await press('Add and test');
    await heading('My IBKR account is saved, but does not work yet');
    await page.getByText('failed. IBKR asks for a code').waitFor();

    await page.getByRole('link', { name: 'Open the connection' }).click();
    await page.getByText('IBKR needs a code from your authenticator app').first().waitFor();
    await expectAccessible(page);
    const code = TOTP.generate({ secret: Secret.fromBase32(signIn.totpSecret) });
    // As a keyboard for Japanese writes it.
    const wide = code.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    await field('Code of your authenticator app').fill(`${wide.slice(0, 3)} ${wide.slice(3)}`);
    await press('Sign in to IBKR');
    await page.getByText(/^Connected since/).waitFor();
    // What could not be read before is read now.
    await section('Positions').waitFor();
    expect(faults.splice(0).filter((fault) => !fault.includes('422'))).toEqual([]);
    expect(await page.content()).not.toContain(signIn.password);
  });

  it('to IBKR’s OAuth with keys made in the browser', async () => {
    await openSignedIn('/connections/new/oauth');
    await heading('Add IBKR OAuth');
    await press('Make two key pairs');
    await page.getByText('The keys are made').waitFor();
    await expectAccessible(page);
    const tokens = await registerAtIbkr('PAGETESTS', await publicFiles());

    await field('Consumer key').fill('pagetests');
    await field('Access token').fill('not one');
    await page.getByText('The access token is not one.').waitFor();
    await field('Access token').fill(tokens.accessToken);
    await field('Access token secret').fill(Buffer.alloc(256, 1).toString('base64'));
    await page.getByText('does not open with the encryption key').waitFor();
    await field('Access token secret').fill(tokens.accessTokenSecret);
    await page.getByText('from step 1 opens it. It looks right.').waitFor();
    await field('Simulator (optional)').fill(`http://${demo().simulator}`);
    await press('Add and test');
    await heading('My IBKR account is added');
    await expectWorking();
  });

  it('to IBKR’s OAuth with key files of one’s own, each told apart', async () => {
    await openSignedIn('/connections/new/oauth');
    await page.getByText('I have key files', { exact: true }).click();
    await field('Private signature key').fill('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----');
    await page.getByText('The signature key is a public key.').waitFor();
    await field('Diffie-Hellman parameters').fill(
      '-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----',
    );
    await page.getByText('The Diffie-Hellman prime is damaged or incomplete.').waitFor();
  });
});

/** The files that the page offers for IBKR, by name. */
async function publicFiles(): Promise<Record<string, string>> {
  const links = await page.getByRole('link', { name: /^Download (public|dhparam)/ }).all();
  const files = await Promise.all(
    links.map(async (link) => {
      const data = (await link.getAttribute('href')) ?? '';
      return [await link.getAttribute('download'), decodeURIComponent(data.slice(data.indexOf(',') + 1))];
    }),
  );
  return Object.fromEntries(files);
}

/** Does what a person does in IBKR's portal, in that of the simulator. */
async function registerAtIbkr(consumerKey: string, files: Record<string, string>) {
  const answer = await fetch(`http://${demo().simulator}/sim/oauth/consumers`, {
    method: 'POST',
    body: JSON.stringify({
      consumerKey,
      signaturePublicKey: files['public_signature.pem'],
      encryptionPublicKey: files['public_encryption.pem'],
      dhPrime: files['dhparam.pem'],
    }),
  });
  return z.object({ accessToken: z.string(), accessTokenSecret: z.string() }).parse(await answer.json());
}

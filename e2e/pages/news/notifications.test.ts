/** The page of the webhooks that news is sent to. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { demoKey, demoSandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { controlsOf } from '../connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from '../watched-page.ts';
import { removeChannels } from './channels.ts';

let page: Page;

eachWithPage({}, (fresh) => {
  ({ page } = fresh);
});

const { openSignedIn, heading, press, field, section, shownKey } = controlsOf(() => page);

/** A program of the person's own, and what it was sent. */
let program: { url: string; received: { headers: IncomingHttpHeaders; body: string }[]; answers: number };

beforeEach(async () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    program.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(program.answers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  program = { url: `http://127.0.0.1:${port}/news`, received: [], answers: 204 };
  return () => server.close();
});

afterEach(removeChannels);

/** As Standard Webhooks has it. */
function signatureOf(secret: string, { headers, body }: (typeof program.received)[number]): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

it('adds a webhook on a phone, tests it, and is sent what happens, signed', async () => {
  await page.setViewportSize(PHONE);
  await openSignedIn('/notifications');
  await heading('Notifications');
  await page.getByText('Nothing else receives your news yet.').waitFor();
  await expectAccessible(page);

  await press('New webhook');
  await press('Add the webhook');
  await page.getByText('Enter the address that it listens at.').waitFor();
  await expectAccessible(page);
  await field('Name').fill('My program');
  await field('Address').fill(program.url);
  await press('Add the webhook');
  await page.getByText('Copy the secret now: it is not shown again').waitFor();
  const secret = await shownKey();
  expect(secret).toMatch(/^whsec_/);
  await expectAccessible(page);

  await press('Send a test to My program');
  await page.getByText(/It was taken: 204/).waitFor();
  const [test] = program.received;
  if (test === undefined) throw new Error('It was sent nothing.');
  expect(test.headers['webhook-signature']).toBe(signatureOf(secret, test));

  const { id } = await demoSandbox({ label: 'Told of' });
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 2, order_type: 'MKT' };
  await callTool('place_order', order, await demoKey(id, 'none'));
  const filled = () =>
    program.received.find(({ body }) => body.includes('order.filled') && body.includes(id));
  // The schedule comes round once a minute.
  await expect.poll(filled, { timeout: 150_000 }).toBeDefined();
  const message = filled();
  if (message === undefined) throw new Error('It was sent no fill.');
  expect(message.headers['webhook-signature']).toBe(signatureOf(secret, message));
  expect(JSON.parse(message.body)).toMatchObject({
    type: 'order.filled',
    connectionId: id,
    filledQuantity: 2,
  });

  await page.reload();
  const own = section('My program');
  await own.getByText('What was sent to My program').click();
  await own
    .getByRole('row', { name: /An order has filled.*Taken/ })
    .first()
    .waitFor();
  await expectAccessible(page);
});

it('says why a test was not taken, and that a webhook is turned off', async () => {
  await openSignedIn('/notifications');
  await press('New webhook');
  await field('Name').fill('Broken');
  await field('Address').fill(program.url);
  await press('Add the webhook');
  program.answers = 500;
  await press('Send a test to Broken');
  await page.getByText('It answered 500').waitFor();
  await press('Turn off Broken');
  await page.getByText(/^Turned off on/).waitFor();
  await expectAccessible(page);
});

it('changes on a phone what a webhook is told of and when', async () => {
  await page.setViewportSize(PHONE);
  const token = await signInAsDemoUser();
  await api(token, 'POST', '/channels', { kind: 'webhook', label: 'At night', url: program.url });
  await openSignedIn('/notifications');
  await press('Edit At night');
  await field('Name').fill('By day');
  await field('An order has filled in part').uncheck();
  await page.getByRole('switch', { name: /^Quiet hours/ }).press('Space');
  await field('From').fill('22:30');
  await field('To').fill('22:30');
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Zurich');
  await page.getByRole('option', { name: 'Europe/Zurich' }).click();
  await press('Save');
  await page.getByText('They have to end at another time.').waitFor();
  await expectAccessible(page);
  await field('To').fill('06:45');
  await press('Save');
  const own = section('By day');
  await own.getByText('Quiet from 22:30 to 06:45 (Europe/Zurich), but for orders that wait').waitFor();
  await own.getByText('Saved.').waitFor();
  await expectAccessible(page);

  const { body } = await api(token, 'GET', '/channels');
  const [channel] = z
    .object({ items: z.array(z.looseObject({ types: z.array(z.string()) })) })
    .parse(body).items;
  expect(channel).toMatchObject({
    label: 'By day',
    connectionId: null,
    quietHours: { from: '22:30', to: '06:45', timeZone: 'Europe/Zurich', tellsWaitingOrders: true },
  });
  expect(channel?.types).toContain('order.filled');
  expect(channel?.types).not.toContain('order.partly_filled');
  await press('Close By day');
  await press('Edit By day');
  await page.getByRole('switch', { name: /^Quiet hours/ }).press('Space');
  await press('Save');
  await own.getByText(/^Quiet from/).waitFor({ state: 'detached' });
});

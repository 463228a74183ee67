/** What the schedule and its task queues do by themselves, once a minute as deployed, and here a little more often. */
import { expect, it } from 'vitest';
import { api, signInAs } from '../console-client.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { newSandbox, ordersAt, ordersOf, postToSimulator } from '../sandbox.ts';

const WAIT = { interval: 1_000 };

it('goes on with a stop that could not cancel everything', async () => {
  const { id, key } = await newSandbox({ approval: 'none' });
  const resting = { symbol: 'SPY', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
  await callTool('place_order', resting, key);
  const orders = await ordersAt(key);
  expect(orders).toEqual([expect.objectContaining({ status: 'Submitted' })]);
  await postToSimulator('/sim/faults', {
    match: { method: 'DELETE', sandbox: id },
    kind: 'status',
    status: 503,
  });
  const owner = await signInAs('trader');
  expect(await api(owner, 'POST', `/connections/${id}/panic`)).toMatchObject({
    status: 200,
    body: { retrying: true },
  });
  await fetch(`http://${demo().simulator}/sim/faults?sandbox=${id}`, { method: 'DELETE' });
  await expect
    .poll(async () => {
      const listed = await ordersOf(orders[0]?.account ?? '');
      return listed.find(({ orderId }) => orderId === orders[0]?.orderId)?.status;
    }, WAIT)
    .toBe('Cancelled');
  // It is over once a later run finds nothing left.
  await expect
    .poll(async () => (await api(owner, 'GET', `/connections/${id}`)).body, WAIT)
    .toMatchObject({ connection: { panic: { retrying: false } } });
});

import { expect, it } from 'vitest';
import { playedApp, useApps } from '../../testing/app.ts';

useApps();

it('names one cure for a paper login of a live connection, the same as every call that fails for it', async () => {
  const { call, fail } = await playedApp({}, { mode: 'live' });
  const cure = 'Set the connection to paper in its settings, or sign it in with the live user.';
  expect(await call('get_connection_status', {})).toMatchObject({ state: 'wrong_mode', what_to_do: cure });
  expect(await fail('get_pnl', {})).toMatchObject({ code: 'account_mode_mismatch', hint: cure });
});

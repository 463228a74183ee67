/** Whom the pages say to have asked for an order. */
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { expect, it } from 'vitest';
import { askerDetails, askerName } from '../src/format/words/asker-words.ts';

type App = Intent['app'];

it.each<[Omit<App, 'id'>, string | undefined, string]>([
  [
    { source: 'oauth', label: 'Evil Host', name: 'IBKR Gateway (your own console)' },
    '127.0.0.1',
    'Evil Host, an app that you connected, answered at 127.0.0.1, calling itself “IBKR Gateway (your own console)” now,',
  ],
  [{ source: 'oauth', label: 'Claude', name: 'Claude' }, undefined, 'Claude, an app that you connected,'],
  [
    { source: 'api_key', label: 'job', name: 'Claude' },
    undefined,
    'Your key “job”, used by a program that calls itself “Claude”,',
  ],
  [{ source: 'api_key', label: 'job', name: 'job' }, undefined, 'Your key “job”'],
  // Of before there were labels.
  [{ source: 'api_key', label: '', name: 'curl' }, undefined, 'curl, a program with an API key of yours,'],
  [{ source: 'console', label: 'Console', name: 'console' }, undefined, 'You, in the console'],
])('%j', (app, redirectHost, words) => {
  const asker = { id: 'id', ...app };
  expect(askerName(asker) + askerDetails(asker, redirectHost)).toBe(words);
});

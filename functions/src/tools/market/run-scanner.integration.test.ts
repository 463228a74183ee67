import { describe, expect, it } from 'vitest';
import { newApp, useApps } from '../../testing/app.ts';

useApps();

describe.concurrent('a ranking', () => {
  it('goes by plain words in whatever spelling, and by IBKR’s code', async () => {
    const app = await newApp();
    const first = async (type: string) => {
      const { results } = await app.call('run_scanner', { type, limit: 3 });
      return (results as { symbol: string }[]).map(({ symbol }) => symbol);
    };
    const losers = await first('TOP_PERC_LOSE');
    expect(losers).toHaveLength(3);
    for (const words of ['losers', 'Top losers', 'biggest-losers'])
      expect(await first(words)).toEqual(losers);
    expect(await first('Most active')).toHaveLength(3);
  });
});

/** How much of a model's context answers take, in tokens of o200k. */
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../contract/table.ts';
import { playedApp, useApps } from '../testing/app.ts';
import { playDailyBars, playPositions } from '../testing/played/played-lists.ts';
import { cutTable, MOST_TOKENS, tokensIn } from './answer-size.ts';
import { callTool } from './call-tool.ts';
import { TOOLS } from './registry.ts';

useApps();

type App = Awaited<ReturnType<typeof playedApp>>;

/** An answer as it goes out. */
async function answerOf(app: App, name: string, args: object) {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  const result = await callTool(tool, { ...args }, app.context, (fault) => {
    throw fault;
  });
  if (!result.ok) throw new Error(result.error.message);
  return { value: result.value, tokens: countTokens(JSON.stringify(result.value)) };
}

describe('the size of a text', () => {
  it('is guessed too large rather than too small', () => {
    const cell = fc.oneof(
      fc.integer(),
      fc.integer({ min: 0, max: 10 ** 7 }).map((number) => number / 100),
      fc.constantFrom('2026-11-27', '2026-11-27T14:30Z', 'NVDA', 'INTERACTIVE BROKERS GRO-CL A', null, true),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 3 }), { minLength: 20 }), (rows) => {
        const text = JSON.stringify(rows);
        expect(tokensIn(text)).toBeGreaterThanOrEqual(countTokens(text) * 0.97);
      }),
    );
  });
});

describe('a table that is too large', () => {
  it('keeps its first rows or its last, as many as fit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0 })), fc.integer({ min: 1, max: 100 }), (numbers, budget) => {
        const table = tableOf(
          ['number'],
          numbers.map((number) => ({ number })),
        );
        for (const keeps of ['first', 'last'] as const) {
          const { table: cut, left } = cutTable(table, budget, keeps);
          expect(cut.rows).toEqual(
            keeps === 'first' ? table.rows.slice(0, cut.rows.length) : table.rows.slice(left),
          );
          expect(cut.rows.length + left).toBe(numbers.length);
          expect(cut.rows.reduce((sum, row) => sum + tokensIn(JSON.stringify(row)), 0)).toBeLessThanOrEqual(
            budget,
          );
        }
      }),
    );
  });
});

describe('a history', () => {
  it('is of 60 bars unless more are asked for, and says how to get the rest', async () => {
    const app = await playedApp(playDailyBars(252));
    const usual = await app.call('get_history', { conid: 1, period: '1y', bar: '1d' });
    expect(usual).toMatchObject({
      truncated: true,
      rest: expect.stringMatching(/^192 older bars .*before: "/),
    });
    const bars = usual.bars as { date: string; close: number; volume: number }[];
    expect(bars).toHaveLength(60);
    expect(bars.at(-1)).toMatchObject({ date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    const older = await app.call('get_history', { conid: 1, period: '1y', bar: '1d', before: bars[0]?.date });
    expect((older.bars as { date: string }[]).every(({ date }) => date < String(bars[0]?.date))).toBe(true);
    const closes = await app.call('get_history', { conid: 1, period: '1y', bar: '1d', fields: ['close'] });
    expect(Object.keys((closes.bars as object[])[0] ?? {})).toEqual(['date', 'close']);
  });

  it('of a year of days, or a day of minutes, is short', async () => {
    const year = await answerOf(await playedApp(playDailyBars(252)), 'get_history', {
      ...{ conid: 1, period: '1y', bar: '1d', limit: 1000 },
    });
    expect(year.value).toMatchObject({ truncated: false });
    expect(year.tokens).toBeLessThanOrEqual(MOST_TOKENS);
    const minutes = await playedApp(playDailyBars(390, 60_000));
    const day = await answerOf(minutes, 'get_history', { conid: 1, period: '1d', bar: '1min' });
    expect(day.tokens).toBeLessThanOrEqual(3_000);
    const all = await answerOf(minutes, 'get_history', { conid: 1, period: '1d', bar: '1min', limit: 1000 });
    expect(all.value).toMatchObject({ truncated: true, rest: expect.stringContaining('before: "') });
    expect(all.tokens).toBeLessThanOrEqual(MOST_TOKENS);
  });
});

describe('a portfolio', () => {
  it('of ten takes no more than 500 tokens', async () => {
    const { tokens, value } = await answerOf(await playedApp(playPositions(10)), 'get_portfolio', {});
    expect(value).not.toHaveProperty('truncated');
    expect(tokens).toBeLessThanOrEqual(500);
  });

  it('of hundreds tells the largest, and how to get the others', async () => {
    const app = await playedApp(playPositions(400));
    const { tokens, value } = await answerOf(app, 'get_portfolio', { details: true });
    expect(tokens).toBeLessThanOrEqual(MOST_TOKENS);
    const [, offset = ''] = /offset: (\d+)/.exec(String(value.rest)) ?? [];
    const rest = await app.call('get_portfolio', { details: true, offset });
    const first = (value.positions as { rows: unknown[] }).rows;
    expect(first).toHaveLength(Number(offset));
    expect((rest.positions as { symbol: string }[])[0]?.symbol).toBe(`S${offset.padStart(3, '0')}`);
  });
});

describe('bookings', () => {
  it('of thousands are the newest that fit, with the sums of all', async () => {
    const transactions = Array.from({ length: 2_000 }, (_, index) => ({
      rawDate: `2026${String(1 + Math.floor(index / 200)).padStart(2, '0')}15`,
      ...{ type: 'Buy', desc: 'SPDR S&P 500', conid: 1, qty: 10, pr: 655.05, amt: -6550.5, cur: 'USD' },
    }));
    const app = await playedApp({ ...playDailyBars(1), 'POST /pa/transactions': { transactions } });
    const { tokens, value } = await answerOf(app, 'get_transactions', { conid: 1, days: 365 });
    expect(tokens).toBeLessThanOrEqual(MOST_TOKENS);
    expect(value).toMatchObject({
      truncated: true,
      rest: expect.stringMatching(/^\d+ older ones are left out/),
      totals: { rows: [['Buy', 'USD', 2_000, -13_101_000]] },
    });
    expect((value.transactions as { rows: string[][] }).rows[0]?.[0]).toBe('2026-10-15');
  });
});

/** Every tool's largest answer, in tokens of o200k: a tool without a case here fails. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { rowsOf, type Table } from '../contract/table.ts';
import { newApp, PLAYED_ACCOUNT, playedApp, useApps } from '../testing/app.ts';
import { playDailyBars, playPositions } from '../testing/played/played-lists.ts';
import { playOrders, playTrades } from '../testing/played/played-orders.ts';
import { MOST_TOKENS } from './answer-size.ts';
import { callTool } from './call-tool.ts';
import { TOOLS } from './registry.ts';

useApps();

type App = Pick<Awaited<ReturnType<typeof playedApp>>, 'context' | 'call'>;
type Answer = Record<string, unknown>;

async function answerOf({ context }: App, name: string, args: object): Promise<Answer> {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  const result = await callTool(tool, { ...args }, context, (fault) => {
    throw fault;
  });
  if (!result.ok) throw new Error(`${name}: ${result.error.message} ${result.error.hint}`);
  return result.value;
}

const ORDER = { symbol: 'INTC', side: 'BUY', quantity: 1, order_type: 'MKT' };
const RESTING = { ...ORDER, order_type: 'LMT', limit_price: 5, tif: 'GTC' };
const BRACKET = {
  ...RESTING,
  quantity: 7,
  take_profit_price: 900,
  stop_loss_price: 2,
  stop_loss_limit_price: 1,
};
const MANY_SYMBOLS = [
  ...[
    'NVDA',
    'AAPL',
    'MSFT',
    'SPY',
    'TSLA',
    'AMZN',
    'INTC',
    'BAC',
    'F',
    'T',
    'SAP.DE',
    'EUR.USD',
    'BRK B',
    'AMD',
  ],
  ...Array.from({ length: 36 }, (_, index) => `NOSUCHTICKER${index}`),
];

const sandbox = (args: object, settings: Parameters<typeof newApp>[0] = {}) => ({
  app: () => newApp(settings),
  args: async () => args,
});
/** After a resting order with exits. */
const withOrder = (argsOf: (order: Answer) => object, settings: Parameters<typeof newApp>[0] = {}) => ({
  app: () => newApp(settings),
  args: async (app: App) => argsOf(await app.call('place_order', BRACKET)),
});

interface Case {
  app: () => Promise<App>;
  args: (app: App) => Promise<object>;
  most?: number;
}

const CASES: Record<string, Case> = {
  get_accounts: { app: () => newApp({}, 100), args: async () => ({}) },
  get_current_account: sandbox({}),
  set_current_account: {
    app: () => newApp(),
    args: async (app) => {
      const { accounts } = await app.call('get_accounts', {});
      return { account_id: (accounts as { account_id: string }[])[0]?.account_id };
    },
  },
  get_account_summary: sandbox({}),
  get_connection_status: sandbox({}),
  get_portfolio: { app: () => playedApp(playPositions(300)), args: async () => ({ details: true }) },
  get_cash: sandbox({}),
  get_pnl: sandbox({}),
  get_performance: sandbox({}),
  get_transactions: sandbox({ days: 365 }),
  search_security: sandbox({ query: 'ES', futures: true }),
  get_contract: sandbox({ symbol: 'AAPL' }),
  get_option_chain: sandbox({ symbol: 'SPY', strikes: 20, quotes: true }),
  get_market_hours: sandbox({ symbol: 'AAPL' }),
  get_exchange_rate: sandbox({ from: 'EUR', to: 'USD' }),
  get_quote: { ...sandbox({ symbol: 'NVDA' }), most: 500 },
  get_quotes: sandbox({ symbols: MANY_SYMBOLS }),
  get_history: {
    app: () => playedApp(playDailyBars(1000)),
    args: async () => ({ conid: 1, period: '2y', bar: '1d', limit: 1000 }),
  },
  get_change: sandbox({ symbol: 'NVDA', period: '1y' }),
  run_scanner: sandbox({ type: 'most_active', limit: 50 }),
  get_orders: { app: () => playedApp(playOrders(PLAYED_ACCOUNT, 500)), args: async () => ({}) },
  get_order_status: withOrder(({ order_id }) => ({ order_id })),
  wait_for_order: withOrder(({ order_id }) => ({ order_id, seconds: 1 })),
  get_trades: { app: () => playedApp(playTrades(PLAYED_ACCOUNT, 1000)), args: async () => ({ days: 7 }) },
  preview_order: sandbox(BRACKET),
  place_order: sandbox(BRACKET, { approval: 'owner' }),
  confirm_order: withOrder(({ intent_id }) => ({ intent_id }), { approval: 'model' }),
  modify_order: withOrder(({ order_id }) => ({ order_id, limit_price: 6 })),
  close_position: sandbox({ all: true }),
  cancel_order: withOrder(({ order_id }) => ({ order_id })),
  cancel_orders: {
    app: () => newApp(),
    args: async (app) => {
      for (let count = 0; count < 12; count += 1)
        await app.call('place_order', { ...BRACKET, duplicate_ok: true });
      return {};
    },
  },
};

it('has a case for each tool', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(TOOLS.map(({ name }) => name).toSorted());
});

describe.concurrent('the largest answer', () => {
  it.each(Object.entries(CASES))('of %s fits', async (name, { app: open, args, most = MOST_TOKENS }) => {
    const app = await open();
    const answer = await answerOf(app, name, await args(app));
    expect(countTokens(JSON.stringify(answer))).toBeLessThanOrEqual(most);
  });
});

describe.concurrent('what does not fit', () => {
  /** Every row of a list, in as many calls as that takes. */
  async function all(app: App, tool: string, list: string, args: object) {
    const rows: Answer[] = [];
    for (let calls = 0; calls < 200; calls += 1) {
      const answer = await answerOf(app, tool, { ...args, offset: rows.length });
      const found = rowsOf(answer[list] as Table<Answer>);
      rows.push(...found);
      if (answer.truncated !== true) return rows;
      expect(answer.rest).toContain(`offset: ${rows.length} `);
      expect(found.length).toBeGreaterThan(0);
    }
    throw new Error('It does not end.');
  }

  it('of orders is told in further calls, open ones first', async () => {
    const app = await playedApp(playOrders(PLAYED_ACCOUNT, 120));
    const orders = await all(app, 'get_orders', 'orders', {});
    expect(new Set(orders.map(({ order_id }) => order_id)).size).toBe(120);
    expect(orders.findLastIndex(({ state }) => state === 'working')).toBe(11);
    expect(await all(app, 'get_orders', 'orders', { status: 'OPEN' })).toHaveLength(12);
  });

  it('of executions, too', async () => {
    const app = await playedApp(playTrades(PLAYED_ACCOUNT, 120));
    const trades = await all(app, 'get_trades', 'trades', { days: 7 });
    expect(new Set(trades.map(({ execution_id }) => execution_id)).size).toBe(120);
  });

  it('of what waits is counted, and what IBKR has keeps half of the answer', async () => {
    const app = await newApp({ approval: 'owner' });
    for (let count = 0; count < 45; count += 1) {
      await app.call('place_order', { ...BRACKET, quantity: count + 1, client_order_id: `name-${count}` });
    }
    const answer = await answerOf(app, 'get_orders', { status: 'OPEN' });
    const waiting = answer.waiting as Answer[];
    expect(answer).toMatchObject({
      truncated: true,
      rest: `${45 - waiting.length} more wait or are not known: they come up here as these are settled.`,
    });
    expect(countTokens(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_TOKENS / 2 + 500);
  });
});

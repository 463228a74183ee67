/** Both generations of the MCP SDK's client against the running stack, every tool called. */
import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
} from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpacked } from '../../functions/src/testing/unpacked.ts';
import { TOOLS } from '../../functions/src/tools/registry.ts';
import { demo } from '../own-stack.ts';

interface ConnectedClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

const CLIENTS: Record<string, () => Promise<ConnectedClient>> = {
  'current client, protocol 2026-07-28': async () => {
    const client = new CurrentClient(
      { name: 'current', version: '2.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new CurrentTransport(endpoint(), { requestInit: authorized() }));
    return client;
  },
  'current client, protocol of 2025': async () => {
    const client = new CurrentClient({ name: 'current-legacy', version: '2.0.0' });
    await client.connect(new CurrentTransport(endpoint(), { requestInit: authorized() }));
    return client;
  },
  'v1 client': async () => {
    const client = new V1Client({ name: 'v1', version: '1.0.0' });
    // The v1 transport's own types disagree with exactOptionalPropertyTypes.
    await client.connect(new V1Transport(endpoint(), { requestInit: authorized() }) as never);
    return client as unknown as ConnectedClient;
  },
};

function endpoint() {
  return new URL(`${demo().origin}/mcp`);
}

function authorized() {
  return { headers: { Authorization: `Bearer ${demo().apiKey}` } };
}

describe.each(Object.keys(CLIENTS))('%s', (kind) => {
  let client: ConnectedClient;

  beforeAll(async () => {
    client = (await CLIENTS[kind]?.()) as ConnectedClient;
  });
  afterAll(() => client.close());

  async function call(name: string, args: Record<string, unknown> = {}) {
    const result = (await client.callTool({ name, arguments: args })) as {
      isError?: boolean;
      structuredContent: Record<string, unknown>;
      content: { text: string }[];
    };
    expect(result.isError, JSON.stringify(result.structuredContent)).toBeFalsy();
    expect(JSON.parse(result.content[0]?.text ?? '')).toEqual(result.structuredContent);
    return unpacked(result.structuredContent);
  }

  it('lists the tools', async () => {
    expect((await client.listTools()).tools).toHaveLength(TOOLS.length);
  });

  it('reads the account', async () => {
    const { accounts } = (await call('get_accounts')) as {
      accounts: { account_id: string; current: boolean }[];
    };
    expect(accounts).toHaveLength(1);
    expect(accounts[0]?.account_id).toMatch(/^DU\d{7}$/);
    const current = await call('get_current_account');
    expect(current).toMatchObject({
      account_id: accounts[0]?.account_id,
      mode: 'paper',
      base_currency: 'USD',
    });
    const set = await call('set_current_account', { account_id: current.account_id });
    expect(set).toEqual({
      account_id: current.account_id,
      // The clients share the connection: the first of them chose.
      previous_account_id: expect.toBeOneOf([null, current.account_id]),
    });
    expect(await call('get_cash')).toMatchObject({ base_currency: 'USD', total_in_base: expect.any(Number) });
  });

  it('says what the portfolio is worth in one call', async () => {
    const portfolio = (await call('get_portfolio')) as {
      totals: Record<string, number>;
      positions: { symbol: string; quantity: number; market_value: number }[];
    };
    expect(portfolio.positions.length).toBeGreaterThan(0);
    const { net_liquidation = 0, cash = 0, market_value = 0 } = portfolio.totals;
    expect(net_liquidation).toBeGreaterThan(500_000);
    expect(Math.abs(cash + market_value - net_liquidation)).toBeLessThan(net_liquidation / 1000);
  });

  it('quotes by symbol in one call', async () => {
    const quote = await call('get_quote', { symbol: 'NVDA' });
    expect(quote).toMatchObject({
      symbol: 'NVDA',
      conid: 4815747,
      currency: 'USD',
      availability: expect.any(String),
    });
    const { bid, ask, last } = quote as { bid: number; ask: number; last: number };
    expect(bid).toBeGreaterThan(0);
    expect(ask).toBeGreaterThan(bid);
    expect(Math.abs(last - bid)).toBeLessThan(bid * 0.05);
  });

  it('finds instruments and their history', async () => {
    const found = (await call('search_security', { query: 'AAPL' })) as { results: { conid: number }[] };
    expect(found.results.map(({ conid }) => conid)).toContain(265598);
    const history = (await call('get_history', { symbol: 'AAPL', period: '5d', bar: '1h' })) as {
      bars: { high: number; low: number; time: string }[];
    };
    expect(history.bars.length).toBeGreaterThan(10);
    for (const bar of history.bars) expect(bar.high).toBeGreaterThanOrEqual(bar.low);
    const change = await call('get_change', { conid: 265598, period: '1m' });
    expect(change).toMatchObject({ symbol: 'AAPL', period: '1m', change_percent: expect.any(Number) });
  });

  it('reads the rest of the account and the market', async () => {
    expect(await call('get_connection_status')).toMatchObject({
      state: 'connected',
      kind: 'sandbox',
      mode: 'paper',
    });
    expect(await call('get_account_summary')).toMatchObject({
      currency: 'USD',
      net_liquidation: expect.any(Number),
    });
    expect(await call('get_pnl')).toMatchObject({ base_currency: 'USD', unrealized: expect.any(Number) });
    expect(await call('get_performance', { period: '1m' })).toMatchObject({ currency: 'USD' });
    expect(await call('get_transactions', { symbol: 'SPY' })).toMatchObject({ symbol: 'SPY', days: 90 });
    expect(await call('get_trades')).toMatchObject({ days: 1, trades: expect.any(Array) });
    expect(await call('get_contract', { symbol: 'AAPL' })).toMatchObject({ conid: 265598, sec_type: 'STK' });
    expect(await call('get_market_hours', { symbol: 'AAPL' })).toMatchObject({
      time_zone: expect.stringMatching(/\//),
    });
    expect(await call('get_exchange_rate', { from: 'EUR', to: 'USD' })).toMatchObject({
      rate: expect.any(Number),
    });
    const scan = (await call('run_scanner', { type: 'TOP_PERC_GAIN', limit: 5 })) as { results: unknown[] };
    expect(scan.results).toHaveLength(5);
    const chain = (await call('get_option_chain', { symbol: 'SPY', strikes: 2, quotes: true })) as {
      underlying: { price: number };
      options: { strike: number; right: string; bid: number | null }[];
    };
    expect(chain.options.map(({ right }) => right)).toEqual(['call', 'put', 'call', 'put']);
    for (const { strike, bid } of chain.options) {
      expect(Math.abs(strike - chain.underlying.price)).toBeLessThan(chain.underlying.price / 20);
      expect(bid).toBeDefined();
    }
  });

  it('fills a market order, and lists and cancels a resting one', async () => {
    const filled = await call('place_order', {
      symbol: 'MSFT',
      side: 'BUY',
      quantity: 2,
      order_type: 'MKT',
      duplicate_ok: true,
    });
    expect(filled).toMatchObject({ symbol: 'MSFT', state: 'filled', filled_quantity: 2 });
    expect(filled.average_price).toBeGreaterThan(0);

    const resting = await call('place_order', {
      symbol: 'MSFT',
      side: 'BUY',
      quantity: 1,
      order_type: 'LMT',
      limit_price: 1.5,
      tif: 'GTC',
      duplicate_ok: true,
    });
    expect(resting).toMatchObject({ state: 'working', filled_quantity: 0 });
    const order_id = resting.order_id;
    expect(await call('get_order_status', { order_id })).toMatchObject({ order_id, limit_price: 1.5 });

    const { orders } = (await call('get_orders', { status: 'open' })) as { orders: { order_id: string }[] };
    expect(orders.map((order) => order.order_id)).toContain(order_id);
    expect(await call('cancel_order', { order_id })).toMatchObject({ order_id, state: 'cancelled' });
  });
});

/** Answers hold every key of what was recorded of real ones, with the same type. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENTED_SHAPES, differences, RECORDED_SHAPES, readSources, shapeOf } from '../shapes/shape.ts';
import { documentedShapes, recordedShapes } from '../shapes/write.ts';
import { type RunningSimulator, startSimulator } from './server.ts';
import { control, placeOrders, readySandbox, type TestClient } from './test-client.ts';

const SPY = 756733;

/** How to get the simulator to answer what was recorded, by file name; `A` is the account. */
type Ask = (client: TestClient, account: string) => Promise<{ status: number; body: unknown }>;

const simple =
  (method: string, path: string, body?: unknown): Ask =>
  (client, account) =>
    client.send(
      method,
      path.replace('{A}', account),
      JSON.parse(JSON.stringify(body ?? null).replaceAll('{A}', account)) ?? undefined,
    );

/** The second of two equal requests, for what has to warm up. */
const twice =
  (ask: Ask): Ask =>
  async (client, account) => {
    await ask(client, account);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return ask(client, account);
  };

const SNAPSHOT = `/iserver/marketdata/snapshot?conids=${SPY}&fields=31,84,86,85,88,87,70,71,82,83`;
const ALERT = {
  alertName: 'SPY',
  conditions: [{ type: 1, conidex: `${SPY}@SMART`, operator: '\u003e=', value: '1' }],
};
const MARKET_BUY = { conid: SPY, orderType: 'MKT', side: 'BUY', quantity: 1, tif: 'DAY' };

/** Alert operators pass the edge only escaped. */
async function createAlert(
  client: TestClient,
  account: string,
): Promise<{ status: number; body: unknown; id: number }> {
  const answer = await client.sendRaw(
    'POST',
    `/iserver/account/${account}/alert`,
    JSON.stringify(ALERT).replace('>=', '\\u003e='),
  );
  return { ...answer, id: answer.body.order_id };
}

const ASKS: Readonly<Record<string, Ask>> = {
  'Accounts__GET-account-summary-available-funds': simple(
    'GET',
    '/iserver/account/{A}/summary/available_funds',
  ),
  'Accounts__GET-account-summary-balances': simple('GET', '/iserver/account/{A}/summary/balances'),
  'Accounts__GET-account-summary-margins': simple('GET', '/iserver/account/{A}/summary/margins'),
  'Accounts__GET-account-summary-market-value': simple('GET', '/iserver/account/{A}/summary/market_value'),
  'Accounts__GET-iserver-accounts': simple('GET', '/iserver/accounts'),
  'Accounts__GET-search-dynamic-account': simple('GET', '/iserver/account/search/DU'),
  'Accounts__GET-signatures-and-owners': simple('GET', '/acesws/{A}/signatures-and-owners'),
  'Accounts__POST-set-dynamic-account': simple('POST', '/iserver/dynaccount', { acctId: '{A}' }),
  'Accounts__POST-switch-account': simple('POST', '/iserver/account', { acctId: '{A}' }),
  'Alerts__DELETE-alert': async (client, account) => {
    const { id } = await createAlert(client, account);
    return client.delete(`/iserver/account/${account}/alert/${id}`);
  },
  'Alerts__GET-alert-detail': async (client, account) => {
    const { id } = await createAlert(client, account);
    return client.get(`/iserver/account/alert/${id}?type=Q`);
  },
  'Alerts__GET-alerts-list': simple('GET', '/iserver/account/{A}/alerts'),
  'Alerts__GET-mta-alert': simple('GET', '/iserver/account/mta'),
  'Alerts__POST-activate-alert': async (client, account) => {
    const { id } = await createAlert(client, account);
    return client.post(`/iserver/account/${account}/alert/activate`, { alertId: id, alertActive: 1 });
  },
  'Alerts__POST-create-alert': createAlert,
  'Contracts__GET-bond-filters': simple('GET', '/iserver/secdef/bond-filters?symbol=BOND&issuerId=e1432232'),
  'Contracts__GET-contract-algos': simple('GET', '/iserver/contract/265598/algos?addParams=1'),
  'Contracts__GET-contract-info': simple('GET', `/iserver/contract/${SPY}/info`),
  'Contracts__GET-currency-pairs': simple('GET', '/iserver/currency/pairs?currency=USD'),
  'Contracts__GET-exchangerate': simple('GET', '/iserver/exchangerate?source=USD&target=EUR'),
  'Contracts__GET-secdef-search': simple('GET', '/iserver/secdef/search?symbol=SPY'),
  'Contracts__GET-trsrv-all-conids': simple('GET', '/trsrv/all-conids?exchange=NASDAQ'),
  'Contracts__GET-trsrv-futures': simple('GET', '/trsrv/futures?symbols=ES'),
  'Contracts__GET-trsrv-secdef': simple('GET', `/trsrv/secdef?conids=${SPY}`),
  'Contracts__GET-trsrv-stocks': simple('GET', '/trsrv/stocks?symbols=AAPL'),
  'Contracts__POST-contract-rules': simple('POST', '/iserver/contract/rules', {
    conid: SPY,
    exchange: 'SMART',
    isBuy: true,
  }),
  'Contracts__POST-secdef-search': simple('POST', '/iserver/secdef/search', { symbol: 'AAPL' }),
  'MarketData__GET-scanner-params': simple('GET', '/iserver/scanner/params'),
  'MarketData__GET-snapshot': twice(simple('GET', SNAPSHOT)),
  'MarketData__GET-unsubscribeall': simple('GET', '/iserver/marketdata/unsubscribeall'),
  'MarketData__POST-scanner-run': simple('POST', '/iserver/scanner/run', {
    instrument: 'STK',
    type: 'TOP_PERC_GAIN',
    filter: [],
  }),
  'MarketData__POST-unsubscribe': async (client) => {
    await client.get(SNAPSHOT);
    return client.post('/iserver/marketdata/unsubscribe', { conid: SPY });
  },
  'Orders__DELETE-cancel-order': async (client, account) => {
    const { body } = await placeOrders(client, account, [{ ...MARKET_BUY, orderType: 'LMT', price: 1 }]);
    return client.delete(`/iserver/account/${account}/order/${body[0].order_id}`);
  },
  'Orders__GET-live-orders-empty': simple('GET', '/iserver/account/orders?force=true'),
  'Orders__GET-live-orders': async (client, account) => {
    await placeOrders(client, account, [MARKET_BUY]);
    return twice(simple('GET', '/iserver/account/orders?filters=Filled'))(client, account);
  },
  'Orders__GET-trades': async (client, account) => {
    await placeOrders(client, account, [{ ...MARKET_BUY, cOID: 'recorded' }]);
    return twice(simple('GET', '/iserver/account/trades'))(client, account);
  },
  'Orders__POST-dismiss-notification': simple('POST', '/iserver/notification', {
    orderId: 1,
    reqId: '1',
    text: 'Yes',
  }),
  'Orders__POST-place-order-confirmation': simple('POST', '/iserver/account/{A}/orders', {
    orders: [MARKET_BUY],
  }),
  'Orders__POST-reply-submitted': (client, account) => placeOrders(client, account, [MARKET_BUY]),
  'Portfolio__GET-iserver-account-pnl-partitioned': simple('GET', '/iserver/account/pnl/partitioned'),
  'Portfolio__GET-portfolio-accounts': simple('GET', '/portfolio/accounts'),
  'Portfolio__GET-portfolio-allocation': simple('GET', '/portfolio/{A}/allocation'),
  'Portfolio__GET-portfolio-combo-positions-empty': simple('GET', '/portfolio/{A}/combo/positions'),
  'Portfolio__GET-portfolio-meta': simple('GET', '/portfolio/{A}/meta'),
  'Portfolio__GET-portfolio-position-by-conid': simple('GET', `/portfolio/{A}/position/${SPY}`),
  'Portfolio__GET-portfolio-positions-by-conid': simple('GET', `/portfolio/positions/${SPY}`),
  'Portfolio__GET-portfolio-positions-empty': simple('GET', '/portfolio/{A}/positions/999'),
  'Portfolio__GET-portfolio-positions-page0': simple('GET', '/portfolio/{A}/positions/0'),
  'Portfolio__GET-portfolio-subaccounts': simple('GET', '/portfolio/subaccounts'),
  'Portfolio__GET-portfolio2-positions': simple('GET', '/portfolio2/{A}/positions'),
  'Portfolio__GET-subaccounts2': simple('GET', '/portfolio/subaccounts2'),
  'Portfolio__POST-pa-allperiods': simple('POST', '/pa/allperiods', { acctIds: ['{A}'] }),
  'Portfolio__POST-pa-performance': simple('POST', '/pa/performance', { acctIds: ['{A}'], period: '1M' }),
  'Portfolio__POST-portfolio-consolidated-allocation': simple('POST', '/portfolio/allocation', {
    acctIds: ['{A}'],
  }),
  'Portfolio__POST-portfolio-invalidate': simple('POST', '/portfolio/{A}/positions/invalidate'),
  'Scanner__GET-scanner-params': simple('GET', '/iserver/scanner/params'),
  'Scanner__POST-hmds-scanner': async (client) => {
    await client.post('/hmds/auth/init');
    return client.post('/hmds/scanner', {
      instrument: 'STK',
      locations: 'STK.US.MAJOR',
      scanCode: 'TOP_PERC_GAIN',
    });
  },
  'Scanner__POST-scanner-run': simple('POST', '/iserver/scanner/run', {
    instrument: 'STK',
    type: 'TOP_PERC_GAIN',
    filter: [],
  }),
  'Session__POST-ssodh-init': simple('POST', '/iserver/auth/ssodh/init', { publish: true, compete: true }),
  'Session__POST-suppress': simple('POST', '/iserver/questions/suppress', { messageIds: ['o163'] }),
  'Session__POST-suppress-reset': simple('POST', '/iserver/questions/suppress/reset'),
  'Session__POST-tickle': simple('POST', '/tickle'),
  'Watchlists__POST-create-watchlist': simple('POST', '/iserver/watchlist', {
    id: '99999',
    name: 'Test',
    rows: [{ C: SPY }],
  }),
  'Watchlists__GET-watchlists': simple('GET', '/iserver/watchlists?SC=USER_WATCHLIST'),
  'Watchlists__GET-watchlist-by-id': twice(simple('GET', '/iserver/watchlist?id=99999')),
  'Watchlists__DELETE-watchlist': simple('DELETE', '/iserver/watchlist?id=99999'),
};

/** Trades are only empty before the first order, which the other recordings need. */
const ASKED_FIRST: Readonly<Record<string, Ask>> = {
  'Orders__GET-trades-empty': simple('GET', '/iserver/account/trades'),
};

describe('answers have every key of the recordings, with the same types', () => {
  let simulator: RunningSimulator;
  let client: TestClient;
  let account: string;

  beforeAll(async () => {
    simulator = await startSimulator({
      port: 0,
      nightlyReset: false,
      pacing: false,
      warmUpMs: 0,
      positions: 5,
    });
    await control(simulator).post('/sandboxes', { id: 'conformance', accounts: 2 });
    ({ client, account } = await readySandbox(simulator, 'conformance'));
  });
  afterAll(() => simulator.close());

  test('every recording has a request', () => {
    const asked = Object.keys({ ...ASKED_FIRST, ...ASKS });
    expect(asked.toSorted()).toEqual(Object.keys(RECORDED_SHAPES).toSorted());
  });

  test.each(Object.entries({ ...ASKED_FIRST, ...ASKS }))('%s', async (name, ask) => {
    const { status, body } = await ask(client, account);
    expect(status).toBe(200);
    expect(differences(RECORDED_SHAPES[name] ?? 'no shape', shapeOf(body, name))).toEqual([]);
  });
});

const sources = readSources();
if (sources !== null) {
  test('the shapes are those of the recordings and the document that lie beside the repository', () => {
    expect(RECORDED_SHAPES).toEqual(recordedShapes(sources.recordings));
    expect(DOCUMENTED_SHAPES).toEqual(documentedShapes(sources.document));
  });
}

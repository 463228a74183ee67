/** Answers have the keys and types that IBKR's OpenAPI document says, but for where recordings contradict it. */
import { Ajv, type ErrorObject } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENTED_SHAPES } from '../shapes/shape.ts';
import { type RunningSimulator, startSimulator } from './server.ts';
import { control, type HttpAnswer, placeOrders, readySandbox, type TestClient } from './test-client.ts';

const AAPL = 265598;
const LIMIT_BUY = { conid: AAPL, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1, tif: 'DAY' };

/** `METHOD path` of the document, and the request; `{A}` is the account. */
const REQUESTS: readonly (readonly [endpoint: string, path: string, body?: unknown])[] = [
  ['POST /iserver/auth/status', '/iserver/auth/status', {}],
  ['POST /tickle', '/tickle', {}],
  ['GET /sso/validate', '/sso/validate'],
  ['GET /iserver/accounts', '/iserver/accounts'],
  ['POST /iserver/account', '/iserver/account', { acctId: '{B}' }],
  ['GET /iserver/account/search/{searchPattern}', '/iserver/account/search/DU'],
  ['POST /iserver/dynaccount', '/iserver/dynaccount', { acctId: '{A}' }],
  ['GET /acesws/{accountId}/signatures-and-owners', '/acesws/{A}/signatures-and-owners'],
  ['GET /iserver/account/{accountId}/summary', '/iserver/account/{A}/summary'],
  [
    'GET /iserver/account/{accountId}/summary/available_funds',
    '/iserver/account/{A}/summary/available_funds',
  ],
  ['GET /iserver/account/{accountId}/summary/balances', '/iserver/account/{A}/summary/balances'],
  ['GET /iserver/account/{accountId}/summary/margins', '/iserver/account/{A}/summary/margins'],
  ['GET /iserver/account/{accountId}/summary/market_value', '/iserver/account/{A}/summary/market_value'],
  ['GET /iserver/account/pnl/partitioned', '/iserver/account/pnl/partitioned'],
  ['GET /portfolio/accounts', '/portfolio/accounts'],
  ['GET /portfolio/subaccounts', '/portfolio/subaccounts'],
  ['GET /portfolio/{accountId}/meta', '/portfolio/{A}/meta'],
  ['GET /portfolio/{accountId}/summary', '/portfolio/{A}/summary'],
  ['GET /portfolio/{accountId}/ledger', '/portfolio/{A}/ledger'],
  ['GET /portfolio/{accountId}/allocation', '/portfolio/{A}/allocation'],
  ['GET /portfolio/{accountId}/positions/{pageId}', '/portfolio/{A}/positions/0'],
  ['GET /portfolio/{accountid}/position/{conid}', `/portfolio/{A}/position/${AAPL}`],
  ['GET /portfolio/positions/{conid}', `/portfolio/positions/${AAPL}`],
  ['POST /portfolio/{accountId}/positions/invalidate', '/portfolio/{A}/positions/invalidate', {}],
  ['POST /pa/performance', '/pa/performance', { acctIds: ['{A}'], period: '1M' }],
  ['POST /pa/transactions', '/pa/transactions', { acctIds: ['{A}'], conids: [AAPL], currency: 'USD' }],
  ['GET /iserver/secdef/search', '/iserver/secdef/search?symbol=AAPL'],
  ['GET /iserver/secdef/strikes', `/iserver/secdef/strikes?conid=${AAPL}&sectype=OPT&month=JAN27`],
  [
    'GET /iserver/secdef/info',
    `/iserver/secdef/info?conid=${AAPL}&sectype=OPT&month=JAN27&strike=250&right=C`,
  ],
  ['GET /iserver/contract/{conid}/info', `/iserver/contract/${AAPL}/info`],
  ['GET /iserver/contract/{conid}/info-and-rules', `/iserver/contract/${AAPL}/info-and-rules`],
  ['GET /iserver/contract/{conid}/algos', `/iserver/contract/${AAPL}/algos?addParams=1&addDescription=1`],
  ['POST /iserver/contract/rules', '/iserver/contract/rules', { conid: AAPL, isBuy: true }],
  ['GET /iserver/secdef/bond-filters', '/iserver/secdef/bond-filters?symbol=BOND&issuerId=e1'],
  ['GET /iserver/currency/pairs', '/iserver/currency/pairs?currency=USD'],
  ['GET /iserver/exchangerate', '/iserver/exchangerate?source=USD&target=EUR'],
  ['GET /trsrv/stocks', '/trsrv/stocks?symbols=AAPL'],
  ['GET /trsrv/secdef', `/trsrv/secdef?conids=${AAPL}`],
  ['GET /trsrv/futures', '/trsrv/futures?symbols=ES'],
  ['GET /trsrv/all-conids', '/trsrv/all-conids?exchange=NASDAQ'],
  ['GET /trsrv/secdef/schedule', '/trsrv/secdef/schedule?assetClass=STK&symbol=AAPL&exchange=NASDAQ'],
  ['GET /contract/trading-schedule', `/contract/trading-schedule?conid=${AAPL}`],
  [
    'GET /iserver/marketdata/snapshot',
    `/iserver/marketdata/snapshot?conids=${AAPL}&fields=31,84,86,85,88,87,7762,83`,
  ],
  ['GET /iserver/marketdata/history', `/iserver/marketdata/history?conid=${AAPL}&period=1d&bar=1h`],
  ['GET /iserver/marketdata/unsubscribeall', '/iserver/marketdata/unsubscribeall'],
  [
    'POST /iserver/account/{accountId}/orders/whatif',
    '/iserver/account/{A}/orders/whatif',
    { orders: [LIMIT_BUY] },
  ],
  ['POST /iserver/account/{accountId}/orders', '/iserver/account/{A}/orders', { orders: [LIMIT_BUY] }],
  ['GET /iserver/account/orders', '/iserver/account/orders'],
  ['GET /iserver/account/trades', '/iserver/account/trades'],
  ['GET /iserver/account/order/status/{orderId}', '/iserver/account/order/status/{O}'],
  ['DELETE /iserver/account/{accountId}/order/{orderId}', '/iserver/account/{A}/order/{O}'],
  ['POST /iserver/questions/suppress', '/iserver/questions/suppress', { messageIds: ['o163'] }],
  ['POST /iserver/questions/suppress/reset', '/iserver/questions/suppress/reset', {}],
  ['GET /iserver/scanner/params', '/iserver/scanner/params'],
  ['POST /iserver/scanner/run', '/iserver/scanner/run', { instrument: 'STK', type: 'TOP_PERC_GAIN' }],
  ['GET /iserver/account/mta', '/iserver/account/mta'],
  ['GET /iserver/account/{accountId}/alerts', '/iserver/account/{A}/alerts'],
  ['POST /iserver/watchlist', '/iserver/watchlist', { id: '1', name: 'x', rows: [{ C: AAPL }] }],
  ['GET /iserver/watchlists', '/iserver/watchlists'],
  ['GET /iserver/watchlist', '/iserver/watchlist?id=1'],
  ['DELETE /iserver/watchlist', '/iserver/watchlist?id=1'],
  ['GET /fyi/unreadnumber', '/fyi/unreadnumber'],
  ['GET /fyi/settings', '/fyi/settings'],
  ['GET /fyi/notifications', '/fyi/notifications'],
  ['GET /fyi/deliveryoptions', '/fyi/deliveryoptions'],
  ['GET /fyi/disclaimer/{typecode}', '/fyi/disclaimer/M8'],
  // From here on nothing is known of the orders above.
  ['POST /iserver/auth/ssodh/init', '/iserver/auth/ssodh/init', { publish: true, compete: true }],
  ['POST /logout', '/logout', {}],
];

/** What the document says everywhere and no recording bears out: that nothing is null. */
function isNotNull({ data }: ErrorObject): boolean {
  return data !== null;
}

/** Where else recordings and the document disagree, the simulator follows the recordings. */
const DISAGREEMENTS: Readonly<Record<string, readonly RegExp[]>> = {
  // Alternatives that exclude one another by description only: every answer fits several.
  'POST /tickle': [/oneOf/],
  'GET /iserver/marketdata/history': [/oneOf/],
  'POST /iserver/account/{accountId}/orders': [/oneOf/, /must be object/],
  'GET /portfolio/{accountId}/summary': [/currency must be number/],
  'GET /portfolio/positions/{conid}': [/^\/DU\d+ must be object/],
  'GET /iserver/currency/pairs': [/ccyPair must be number/],
  'GET /iserver/account/orders': [/(conid|Quantity|lastExecutionTime_r|totalSize) must be string/],
  'GET /iserver/account/trades': [/(price|conid) must be string/],
  'GET /iserver/account/order/status/{orderId}': [/conid must be string/, /oneOf/],
  'GET /iserver/account/mta': [/must be object/],
};

describe("answers fit IBKR's OpenAPI document", () => {
  let simulator: RunningSimulator;
  let client: TestClient;
  let account: string;
  let second: string;
  let order: string;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, verbose: true });

  beforeAll(async () => {
    ajv.addSchema(DOCUMENTED_SHAPES, 'ibkr');
    simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
    await control(simulator).post('/sandboxes', { id: 'openapi', accounts: 2 });
    ({ client, account } = await readySandbox(simulator, 'openapi'));
    second = (await client.get('/iserver/accounts')).body.accounts[1];
    const market = { ...LIMIT_BUY, orderType: 'MKT', price: undefined };
    await placeOrders(client, account, [market]);
    order = (await placeOrders(client, account, [LIMIT_BUY])).body[0].order_id;
  });
  afterAll(() => simulator.close());

  const fill = (text: string) =>
    text.replaceAll('{A}', account).replaceAll('{B}', second).replaceAll('{O}', order);

  async function ask(method: string, path: string, body: unknown): Promise<HttpAnswer> {
    return client.sendRaw(method, fill(path), body === undefined ? undefined : fill(JSON.stringify(body)));
  }

  test.each(REQUESTS.map(([endpoint, path, body]) => ({ endpoint, path, body })))(
    '$endpoint',
    async (request) => {
      const { endpoint, path, body } = request;
      const [method = ''] = endpoint.split(' ');
      // The first answers of a session are empty.
      if (method === 'GET') await ask(method, path, body);
      const { status, body: answer } = await ask(method, path, body);
      expect(status).toBe(200);
      if (!(endpoint in DOCUMENTED_SHAPES.operations)) throw new Error(`${endpoint} is not in the document`);
      const pointer = endpoint.replaceAll('~', '~0').replaceAll('/', '~1');
      const validate = ajv.compile({ $ref: encodeURI(`ibkr#/operations/${pointer}`) });
      validate(answer);
      const found = (validate.errors ?? [])
        .filter(isNotNull)
        .map(({ instancePath, message }) => `${instancePath} ${message}`);
      const known = DISAGREEMENTS[endpoint] ?? [];
      expect(found.filter((error) => !known.some((pattern) => pattern.test(error)))).toEqual([]);
      expect(known.filter((pattern) => !found.some((error) => pattern.test(error)))).toEqual([]);
    },
  );
});

import { describe, expect, test } from 'vitest';
import { placeOrders } from '../test-client.ts';
import { AAPL, advance, force, limit, openStream, sim, start, useStreams } from './test-streams.ts';

const MSFT = 272093;

useStreams();

describe('market data', () => {
  test('all fields come first, then what has changed', async () => {
    const { socket } = await openStream();
    await force(AAPL, 200);
    socket.send(`smd+${AAPL}+{"fields": ["31", "84", "86", "83", "55"]}`);
    const first = await socket.next(`smd+${AAPL}`);
    expect(first).toEqual({
      31: '200.00',
      84: '199.99',
      86: '200.01',
      83: expect.any(Number),
      55: 'AAPL',
      6119: 'q8',
      6509: 'RpB',
      server_id: 'q8',
      conid: AAPL,
      conidEx: String(AAPL),
      _updated: (await sim.get('/clock')).body.epochMs,
      topic: `smd+${AAPL}`,
    });
    await sim.post('/prices', { conid: AAPL, last: 200, bid: 199.99, ask: 200.02 });
    const { 86: ask, ...ids } = await socket.next(`smd+${AAPL}`);
    expect(ask).toBe('200.02');
    expect(Object.keys(ids).toSorted()).toEqual(
      ['6119', '_updated', 'conid', 'conidEx', 'server_id', 'topic'].toSorted(),
    );
  });

  test('umd ends it and gives the line back', async () => {
    await start({ marketDataLines: 1 });
    const { socket } = await openStream();
    socket.send(`smd+${AAPL}@SMART+{"fields":["31"]}`);
    await socket.next(`smd+${AAPL}@SMART`);
    socket.send(`smd+${MSFT}+{"fields":["31"]}`);
    await force(MSFT, 500);
    expect((await socket.settled()).map(({ topic }) => topic)).not.toContain(`smd+${MSFT}`);
    socket.send(`umd+${MSFT}+{}`, `umd+${AAPL}@SMART+{}`, `smd+${MSFT}+{"fields":["31"]}`);
    expect(await socket.next()).toMatchObject({ 31: '500.00', topic: `smd+${MSFT}` });
    await force(AAPL, 100);
    expect((await socket.settled()).map(({ topic }) => topic)).not.toContain(`smd+${AAPL}@SMART`);
  });

  test('a new request adds fields', async () => {
    const { socket } = await openStream();
    socket.send(`smd+${AAPL}+{"fields":["31"]}`, `smd+${AAPL}+{"fields":["55"]}`);
    await socket.next(`smd+${AAPL}`);
    expect(await socket.next(`smd+${AAPL}`)).toMatchObject({ 31: expect.any(String), 55: 'AAPL' });
  });

  test('it ends after 15 minutes unless it is asked for again', async () => {
    const { socket } = await openStream();
    socket.send(`smd+${AAPL}+{"fields":["31"]}`, `smd+${MSFT}+{"fields":["31"]}`);
    for (let minutes = 0; minutes < 15; minutes += 5) {
      await advance(5 * 60_000);
      if (minutes === 5) socket.send(`smd+${MSFT}+{"fields":["31"]}`);
      socket.send('tic');
      await socket.next('tic');
    }
    await socket.settled();
    await force(AAPL, 100);
    await force(MSFT, 100);
    const later = (await socket.settled()).map(({ topic }) => topic);
    expect(later).toContain(`smd+${MSFT}`);
    expect(later).not.toContain(`smd+${AAPL}`);
  });

  test('history comes once, five at a time', async () => {
    const { socket } = await openStream();
    const ask = (conid: number) => socket.send(`smh+${conid}+{"period":"1d","bar":"1h","format":"%o/%c"}`);
    ask(AAPL);
    const { serverId, ...history } = await socket.next(`smh+${AAPL}`);
    expect(history).toMatchObject({ symbol: 'AAPL', barLength: 3600, data: expect.any(Array) });
    for (let i = 0; i < 5; i++) ask(MSFT);
    expect(await socket.next(({ error }) => error !== undefined)).toMatchObject({ code: 500, topic: 'smh' });
    socket.send(`umh+${serverId}`);
    expect(await socket.next()).toEqual({ message: `Unsubscribed ${serverId}` });
    ask(MSFT);
    expect(await socket.next()).toMatchObject({ symbol: 'MSFT', topic: `smh+${MSFT}` });
    socket.send(`umh+${serverId}`);
    expect(await socket.settled()).toEqual([]);
  });
});

describe('orders and executions', () => {
  test('every change of an order is told as it happens', async () => {
    const { client, account, socket } = await openStream();
    socket.send('sor+{}');
    expect(await socket.settled()).toEqual([]);
    const { body } = await placeOrders(client, account, [limit({ cOID: 'mine' })]);
    const orderId = Number(body[0].order_id);
    const placed = await socket.next('sor');
    expect(placed.args).toHaveLength(1);
    const listed = async () => {
      await client.get('/iserver/account/orders?force=true');
      return (await client.get('/iserver/account/orders')).body.orders[0];
    };
    expect(placed.args[0]).toEqual(await listed());
    expect(placed.args[0]).toMatchObject({ orderId, order_ref: 'mine', status: 'Submitted' });

    await sim.post(`/orders/${orderId}`, { fill: { quantity: 4, price: 1 } });
    expect((await socket.next('sor')).args).toEqual([
      expect.objectContaining({
        acct: account,
        orderId,
        sizeAndFills: '4/10',
        filledQuantity: 4,
        remainingQuantity: 6,
        avgPrice: '1.00',
      }),
    ]);
    await client.delete(`/iserver/account/${account}/order/${orderId}`);
    const cancelling = (await socket.next('sor')).args;
    expect(cancelling).toEqual([
      { acct: account, orderId, status: 'PendingCancel', order_ccp_status: 'PendingCancel' },
    ]);
    await advance(300);
    expect((await socket.next('sor')).args[0]).toMatchObject({ orderId, status: 'Cancelled' });
    expect(await socket.settled()).toEqual([]);

    socket.send('uor+{}');
    await placeOrders(client, account, [limit()]);
    expect(await socket.settled()).toEqual([]);
  });

  test('orders that there are come first', async () => {
    const { client, account, socket } = await openStream();
    await placeOrders(client, account, [limit({ quantity: 1 })]);
    await placeOrders(client, account, [limit({ quantity: 2 })]);
    socket.send('sor');
    expect((await socket.next('sor')).args.map(({ totalSize }: { totalSize: number }) => totalSize)).toEqual([
      1, 2,
    ]);
  });

  test('filters leave states out, those of the order list too', async () => {
    const { client, account, socket } = await openStream();
    socket.send('sor+{"filters":["Submitted"]}');
    const { body } = await placeOrders(client, account, [limit()]);
    expect((await socket.next('sor')).args[0]).toMatchObject({ status: 'Submitted' });
    await client.delete(`/iserver/account/${account}/order/${body[0].order_id}`);
    await advance(300);
    await client.get('/iserver/account/orders?filters=filled');
    await placeOrders(client, account, [limit()]);
    expect(await socket.settled()).toEqual([]);
    await client.get('/iserver/account/orders');
    expect((await socket.settled()).map(({ topic }) => topic)).toEqual(['sor']);
  });

  test('an order of another program is told of too', async () => {
    const { account, socket } = await openStream();
    socket.send('sor+{}');
    await sim.post('/orders', { account, orders: [limit({ quantity: 3 })] });
    expect((await socket.next('sor')).args[0]).toMatchObject({ totalSize: 3, status: 'Submitted' });
  });

  test('executions come empty at first, then those that there were, each new one twice', async () => {
    const { client, account, socket } = await openStream();
    const market = { orderType: 'MKT', price: undefined, tif: 'DAY' };
    await placeOrders(client, account, [limit({ ...market, quantity: 1 })]);
    socket.send('str+{"realtimeUpdatesOnly":false,"days":1}');
    expect(await socket.next('str')).toEqual({ topic: 'str', args: [] });
    const [old] = (await socket.next('str')).args;
    expect(old).toMatchObject({ symbol: 'AAPL', size: 1, side: 'B', price: expect.any(String), account });
    expect(old.commission).toEqual(expect.any(String));

    await placeOrders(client, account, [limit({ ...market, quantity: 2 })]);
    const [fresh] = (await socket.next('str')).args;
    expect(fresh).toMatchObject({ size: 2, conid: AAPL });
    expect(fresh).not.toHaveProperty('commission');
    const [again] = (await socket.next('str')).args;
    expect(again).toEqual({ ...fresh, commission: expect.any(String) });
    expect(await socket.settled()).toEqual([]);

    socket.send('utr');
    await placeOrders(client, account, [limit({ ...market, quantity: 3 })]);
    expect(await socket.settled()).toEqual([]);
    socket.send('str+{"realtimeUpdatesOnly":true}');
    expect(await socket.settled()).toEqual([{ topic: 'str', args: [] }]);
  });
});

describe('the account', () => {
  test('profit and loss come when they change, once a second', async () => {
    const { account, socket } = await openStream();
    await force(AAPL, 200);
    socket.send('spl+{}');
    const { upl } = (await socket.next('spl')).args[`${account}.Core`];
    await force(AAPL, 210);
    expect(await socket.settled()).toEqual([]);
    await advance(1_000);
    const later = (await socket.next('spl')).args[`${account}.Core`];
    expect(later).toMatchObject({ rowType: 1, dpl: expect.any(Number), nl: expect.any(Number) });
    expect(later.upl).toBeGreaterThan(upl);
    socket.send('upl{}');
    await force(AAPL, 220);
    await advance(1_000);
    expect(await socket.settled()).toEqual([]);
  });

  test('the summary has the keys and fields that were asked for', async () => {
    const { account, socket } = await openStream();
    socket.send(
      `ssd+${account}+{"keys":["ExcessLiquidity-S","AccruedCash-S"],"fields":["currency","monetaryValue"]}`,
    );
    const { result } = await socket.next(`ssd+${account}`);
    const timestamp = Math.floor((await sim.get('/clock')).body.epochMs / 1000);
    expect(result).toEqual([
      { key: 'AccruedCash-S', currency: 'USD', monetaryValue: 0, timestamp },
      { key: 'ExcessLiquidity-S', currency: 'USD', monetaryValue: expect.any(Number), timestamp },
    ]);
    await force(AAPL, 100);
    await advance(10_000);
    const later = await socket.next(`ssd+${account}`);
    expect(later.result.map(({ key }: { key: string }) => key)).toEqual(['ExcessLiquidity-S']);
    socket.send(`usd+${account}+{}`);
    expect(await socket.next(({ result: text }) => typeof text === 'string')).toEqual({
      result: 'unsubscribed from summary',
    });
  });

  test('a currency of the ledger that has not changed is blank', async () => {
    const { account, socket } = await openStream();
    socket.send(`sld+${account}+{"fields":["cashbalance","exchangeRate"]}`);
    const [base] = (await socket.next(`sld+${account}`)).result;
    expect(base).toMatchObject({ key: 'LedgerListBASE', exchangeRate: 1, cashbalance: expect.any(Number) });
    await advance(10_000);
    const [later] = (await socket.next(`sld+${account}`)).result;
    expect(Object.keys(later)).toEqual(['key', 'timestamp']);
    socket.send(`uld+${account}`);
    expect(await socket.next(({ result }) => typeof result === 'string')).toEqual({
      result: 'unsubscribed from ledger',
    });
  });
});

/** Arguments as models send them, and the errors that help them to send better ones. */
import { describe, expect, it } from 'vitest';
import { callTool, failTool } from '../mcp-endpoint.ts';

describe('spellings that mean one thing', () => {
  it.each([
    [{ symbol: ' nvda ' }],
    [{ conid: '4815747' }],
    [{ symbol: 'NVDA', conid: null }],
    [{ symbol: 'nvda', currency: 'usd', exchange: 'nasdaq' }],
  ])('quotes NVDA for %j', async (args) => {
    expect(await callTool('get_quote', args)).toMatchObject({ symbol: 'NVDA', conid: 4815747 });
  });

  it('takes an order with every value in quotes', async () => {
    const order = {
      symbol: 'aapl',
      side: 'buy',
      quantity: '1',
      order_type: 'lmt',
      limit_price: '1.25',
      outside_rth: 'true',
    };
    const placed = await callTool('place_order', order);
    expect(placed).toMatchObject({ symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'LMT' });
    await callTool('cancel_order', { order_id: Number(placed.order_id) });
  });
});

describe('refusals', () => {
  const order = { symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'MKT' };

  it.each([
    ['place_order', { ...order, quantity: 'ten' }, ['"quantity"', '"ten"', 'a number above 0']],
    ['place_order', { ...order, quantity: -5 }, ['"quantity"', '-5', 'above 0']],
    ['place_order', { ...order, side: 'HOLD' }, ['"side"', '"HOLD"', 'BUY, SELL']],
    ['place_order', { ...order, side: undefined }, ['"side" is required', 'BUY, SELL']],
    ['place_order', { ...order, order_type: 'LMT' }, ['"limit_price" is required', 'LMT']],
    ['place_order', { ...order, limit_price: 5 }, ['"limit_price"', 'MKT']],
    ['place_order', { ...order, qty: 5 }, ['unknown argument "qty"', 'quantity']],
    ['get_quote', {}, ['the instrument is missing']],
    ['get_quote', { symbol: 'NVDA', conid: 4815747 }, ['either symbol or conid']],
    ['get_quote', { symbol: '../../etc' }, ['"symbol"', 'NVDA']],
    ['get_history', { symbol: 'NVDA', period: '1 fortnight' }, ['"period"', '1 fortnight']],
    ['get_accounts', { verbose: true }, ['unknown argument "verbose"', 'takes none']],
    ['get_cash', { account_id: { $ne: '' } }, ['"account_id"']],
  ])('%s %j names the field, what came and what is accepted', async (tool, args, parts) => {
    const error = await failTool(tool, args);
    expect(error).toMatchObject({ code: 'invalid_arguments', retryable: false });
    for (const part of parts) expect(error.message).toContain(part);
  });

  it('says of an unknown symbol, account and order that there is none', async () => {
    expect(await failTool('get_quote', { symbol: 'NOSUCHTICKER' })).toMatchObject({ code: 'not_found' });
    expect(await failTool('get_portfolio', { account_id: 'DU0000000' })).toMatchObject({ code: 'not_found' });
    expect(await failTool('get_order_status', { order_id: '99999999' })).toMatchObject({ code: 'not_found' });
  });

  it('passes on why IBKR did not take an order', async () => {
    const huge = { ...order, quantity: 900_000_000 };
    expect(await failTool('place_order', huge)).toMatchObject({ code: 'order_rejected' });
  });
});

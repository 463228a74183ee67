/**
 * Thirty everyday requests to somebody who has the tools of one sandbox, each with the calls that serve it and the facts
 * that its answers have to hold. A sandbox holds SPY, MSFT, AAPL, NVDA and, in euros, SAP, and its markets never close.
 */
import { type Answers, type Call, call, type EvalRequest, nextMonth } from './eval-request.ts';

/** A limit order far from the market, which stays open. */
const RESTING = { symbol: 'INTC', side: 'BUY', quantity: 5, order_type: 'LMT', tif: 'GTC' };
const resting = (limit_price: number, more: object = {}): Call =>
  call('place_order', { ...RESTING, limit_price, ...more });

interface Held {
  symbol: string;
  conid: number;
  quantity: number;
}

function heldIn([portfolio]: Answers): Held[] {
  return portfolio?.positions as Held[];
}

function heldOf(answers: Answers, symbol: string): Held {
  const found = heldIn(answers).find((position) => position.symbol === symbol);
  if (found === undefined) throw new Error(`The sandbox holds no ${symbol}.`);
  return found;
}

/** A price below or above the one quoted first, to the cent. */
function fromQuote([quote]: Answers, factor: number): number {
  return Math.round(Number(quote?.last) * factor * 100) / 100;
}

interface Option {
  conid: number;
  strike: number;
  bid: number;
  ask: number;
}

/** The widest call spread at the money that costs no more than so much. */
function spreadIn(answers: Answers, mostLoss: number): Record<string, unknown> {
  const chain = answers.at(-1) ?? {};
  const [bought, sold] = chain.options as Option[];
  if (bought === undefined || sold === undefined) throw new Error('There are not two strikes.');
  const legs = [
    { conid: bought.conid, side: 'BUY' },
    { conid: sold.conid, side: 'SELL' },
  ];
  const limit_price = Math.min(mostLoss / 100, Math.round((bought.ask - sold.bid) * 100) / 100);
  return { legs, quantity: 1, order_type: 'LMT', limit_price };
}

export const REQUESTS: readonly EvalRequest[] = [
  {
    ask: 'What is my portfolio worth, and how did it do today?',
    calls: [call('get_portfolio')],
    facts: ['net_liquidation', 'day_change', 'day_percent', ['base_currency', 'USD']],
  },
  {
    ask: 'How much profit did I make today, and what is the account worth now?',
    calls: [call('get_pnl')],
    facts: ['daily', 'unrealized', 'net_liquidation'],
  },
  {
    ask: 'How much cash do I have, and in which currencies?',
    calls: [call('get_cash')],
    facts: ['total_in_base', ['currency', 'USD'], 'cash'],
  },
  {
    ask: 'How am I doing this year?',
    calls: [call('get_performance', { period: 'YTD' })],
    facts: [['period', 'YTD'], 'return_percent', 'start_value', 'end_value'],
  },
  {
    ask: 'How much could I still buy, and how much margin do I use? Is this real money?',
    calls: [call('get_account_summary')],
    facts: ['buying_power', 'maintenance_margin', 'excess_liquidity', ['mode', 'paper']],
  },
  {
    ask: 'What dividends and fees were booked in the last twelve months?',
    calls: [call('get_transactions', { days: 365 })],
    facts: [['type', 'Dividend Payment'], ['type', 'Other Fees'], 'count', ['amount', /^-/]],
  },
  {
    ask: 'What does Nvidia cost?',
    calls: [call('get_quote', { symbol: 'NVDA' })],
    facts: ['last', 'bid', 'ask', 'change_percent', ['availability', 'realtime'], ['currency', 'USD']],
  },
  {
    ask: 'Compare Nvidia, AMD, Intel, Microsoft and Apple today.',
    calls: [call('get_quotes', { symbols: ['NVDA', 'AMD', 'INTC', 'MSFT', 'AAPL'] })],
    facts: [['symbol', 'AMD'], ['symbol', 'MSFT'], 'change_percent', 'volume'],
  },
  {
    ask: 'How did Apple do this month?',
    calls: [call('get_change', { symbol: 'AAPL', period: '1m' })],
    facts: ['change_percent', 'high', 'low'],
  },
  {
    ask: 'Show me how SPY went over the last year.',
    calls: [call('get_history', { symbol: 'SPY', period: '1y', fields: ['close'] })],
    facts: [['truncated', false], ['bar', '1w'], ['date', /^\d{4}-\d\d-\d\d$/], 'close'],
  },
  {
    ask: 'How did Tesla trade in the last half hour, minute by minute?',
    calls: [call('get_history', { symbol: 'TSLA', period: '30min', fields: ['close', 'volume'] })],
    facts: [['bar', '1min'], 'time', 'close', 'volume'],
  },
  {
    ask: 'What are the biggest gainers on the market right now?',
    calls: [call('run_scanner', { type: 'gainers', limit: 5 })],
    facts: [['column', 'Chg%'], 'symbol', 'value'],
  },
  {
    ask: 'Which stocks above 50 dollars pay a high dividend?',
    calls: [call('run_scanner', { type: 'high_dividend', min_price: 50, limit: 5 })],
    facts: [['column', /Yield/], 'symbol', 'value'],
  },
  {
    ask: 'Until when can I trade Apple today?',
    calls: [call('get_market_hours', { symbol: 'AAPL' })],
    facts: [['state', 'open'], 'closes_at', 'at_exchange', 'utc', ['time_zone', /./]],
  },
  {
    ask: 'What are a thousand euros in dollars?',
    calls: [call('get_exchange_rate', { from: 'EUR', to: 'USD' })],
    facts: ['rate'],
  },
  {
    ask: 'What is the ticker of Coca-Cola?',
    calls: [call('search_security', { query: 'Coca-Cola' })],
    facts: [
      ['symbol', 'KO'],
      ['found_by', 'name'],
    ],
  },
  {
    ask: 'Which futures on the S&P 500 could I trade?',
    calls: [call('search_security', { query: 'ES', futures: true })],
    facts: [['symbol', 'ES'], 'expiry', ['multiplier', 50], 'conid'],
  },
  {
    ask: 'Find me SPY calls with a delta of about 0.3, next monthly expiry.',
    calls: [
      (_) =>
        call('get_option_chain', {
          symbol: 'SPY',
          expiry: nextMonth(),
          delta: 0.3,
          right: 'CALL',
          strikes: 3,
        }),
    ],
    facts: [
      'strike',
      ['delta', /^0\.[23]/],
      'implied_volatility',
      'bid',
      'ask',
      ['expiry', /^\d{4}-\d\d-\d\d$/],
    ],
  },
  {
    ask: 'How much does a put on Apple at the money cost, and how volatile is it?',
    calls: [call('get_option_chain', { symbol: 'AAPL', right: 'PUT', strikes: 1, quotes: true })],
    facts: [['right', 'put'], 'ask', 'implied_volatility', 'theta'],
  },
  {
    ask: 'What would 100 shares of Microsoft cost me, all in?',
    calls: [call('preview_order', { symbol: 'MSFT', side: 'BUY', quantity: 100, order_type: 'MKT' })],
    facts: ['commission', 'initial_margin', ['symbol', 'MSFT']],
  },
  {
    ask: 'Buy 10 shares of Intel.',
    calls: [call('place_order', { symbol: 'INTC', side: 'BUY', quantity: 10, order_type: 'MKT' })],
    facts: [['state', 'filled'], ['filled_quantity', 10], 'average_price', 'order_id'],
  },
  {
    ask: 'Spend 2,000 dollars on Amazon.',
    calls: [call('place_order', { symbol: 'AMZN', side: 'BUY', cash_quantity: 2000, order_type: 'MKT' })],
    facts: [['state', 'filled'], 'filled_quantity', 'average_price'],
  },
  {
    ask: 'Buy 2 Nvidia if it falls by 5 %, with a target 10 % above and a stop 10 % below that, good till cancelled.',
    calls: [
      call('get_quote', { symbol: 'NVDA' }),
      (answers) =>
        call('place_order', {
          ...{ symbol: 'NVDA', side: 'BUY', quantity: 2, order_type: 'LMT', tif: 'GTC' },
          limit_price: fromQuote(answers, 0.95),
          take_profit_price: fromQuote(answers, 1.05),
          stop_loss_price: fromQuote(answers, 0.85),
        }),
    ],
    facts: [
      ['state', 'working'],
      ['order', /^BUY 2 NVDA LMT.*stop/],
    ],
  },
  {
    ask: 'Sell half of my Nvidia.',
    calls: [call('close_position', { symbol: 'NVDA', percent: 50 })],
    facts: [
      ['state', 'filled'],
      ['filled_quantity', 75],
    ],
  },
  {
    ask: 'Protect my Apple shares with a trailing stop of 5 %.',
    calls: [
      call('get_portfolio'),
      (answers) =>
        call('place_order', {
          ...{ symbol: 'AAPL', side: 'SELL', order_type: 'TRAIL', trailing_percent: 5, tif: 'GTC' },
          quantity: heldOf(answers, 'AAPL').quantity,
        }),
    ],
    facts: [
      ['state', 'working'],
      ['order', /^SELL 120 AAPL TRAIL.* 5 ?%/],
    ],
  },
  {
    ask: 'What orders do I have open?',
    given: [resting(5)],
    calls: [call('get_orders')],
    facts: [
      ['symbol', 'INTC'],
      ['state', 'working'],
      ['limit_price', 5],
    ],
  },
  {
    ask: 'Raise the limit of my Intel order to 6 dollars.',
    given: [resting(5)],
    calls: [
      call('get_orders'),
      ([listed = {}]) => {
        const [order] = listed.orders as { order_id: string }[];
        return call('modify_order', { order_id: order?.order_id, limit_price: 6 });
      },
    ],
    facts: [
      ['order', /limit 6\b/],
      ['state', 'working'],
    ],
  },
  {
    ask: 'Cancel all my orders.',
    given: [resting(5), resting(4, { duplicate_ok: true })],
    calls: [call('cancel_orders')],
    facts: [['outcome', 'cancelled']],
  },
  {
    ask: 'Open a bull call spread on SPY next month that cannot lose more than 500 dollars.',
    calls: [
      (_) =>
        call('get_option_chain', {
          symbol: 'SPY',
          expiry: nextMonth(),
          right: 'CALL',
          strikes: 4,
          quotes: true,
        }),
      (answers) => call('preview_order', spreadIn(answers, 500)),
      (answers) => call('place_order', spreadIn([answers[0] ?? {}], 500)),
    ],
    facts: ['max_loss', 'order_id'],
  },
  {
    ask: 'Close everything and go to cash.',
    given: [resting(5)],
    calls: [
      call('cancel_orders'),
      call('close_position', { all: true, client_order_id: 'cash' }),
      // On a machine that is busy one call may not reach all.
      (answers) =>
        answers.at(-1)?.not_reached === undefined
          ? null
          : call('close_position', { all: true, client_order_id: 'cash' }),
    ],
    facts: [
      ['outcome', 'cancelled'],
      ['state', 'filled'],
      ['filled_quantity', 100],
    ],
  },
];

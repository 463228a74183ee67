/** Requests of the same kinds as the thirty, by which the tools were not made; each has the calls that should do. */
import { type Answers, type Call, call, type EvalRequest, nextMonth } from './eval-request.ts';

const resting = (more: object = {}): Call =>
  call('place_order', {
    ...{ symbol: 'INTC', side: 'BUY', quantity: 5, order_type: 'LMT', limit_price: 5, tif: 'GTC' },
    ...more,
  });
const BRACKET = {
  ...{ symbol: 'INTC', side: 'BUY', quantity: 4, order_type: 'MKT', tif: 'GTC' },
  ...{ take_profit_price: 900, stop_loss_price: 1 },
};

interface Listed {
  order_id: string;
  exit: string | null;
}

function ordersIn(answers: Answers): Listed[] {
  return answers.at(-1)?.orders as Listed[];
}

/** The first option of the chain that was answered last. */
function optionIn(answers: Answers): number {
  const [option] = (answers.at(-1)?.options ?? []) as { conid: number }[];
  if (option === undefined) throw new Error('The chain is empty.');
  return option.conid;
}

const daysThisYear = () => Math.ceil((Date.now() - Date.UTC(new Date().getUTCFullYear(), 0, 1)) / 86_400_000);

export const FURTHER_REQUESTS: readonly EvalRequest[] = [
  {
    ask: 'What share of my portfolio is Apple, and am I up or down on it?',
    calls: [call('get_portfolio')],
    facts: [['symbol', 'AAPL'], 'weight_percent', 'unrealized_pnl', 'average_price'],
  },
  {
    ask: 'What dividends did I get this year?',
    calls: [call('get_transactions', { days: daysThisYear() })],
    facts: [['type', 'Dividend Payment'], 'amount', ['currency', 'USD']],
  },
  {
    ask: 'What did I pay in fees in March, and what did I pay in?',
    calls: [call('get_transactions', { days: 365 })],
    facts: [
      ['type', 'Other Fees'],
      ['date', /^\d{4}-03-/],
      ['type', 'Deposit'],
    ],
  },
  {
    ask: 'Which Apple puts have a delta around -0.25, next month?',
    calls: [
      () =>
        call('get_option_chain', {
          ...{ symbol: 'AAPL', expiry: nextMonth(), delta: -0.25, right: 'PUT', strikes: 2 },
        }),
    ],
    facts: [['right', 'put'], ['delta', /^-0\.[23]/], 'implied_volatility', 'ask'],
  },
  {
    ask: 'Roll my Apple call to next month, same strike.',
    given: [
      call('get_option_chain', { symbol: 'AAPL', right: 'CALL', strike_min: 1, strikes: 1 }),
      (answers) =>
        call('place_order', { conid: optionIn(answers), side: 'BUY', quantity: 1, order_type: 'MKT' }),
    ],
    calls: [
      call('get_portfolio'),
      (answers) => {
        const strike = Number(/ ([\d.]+) call/.exec(heldOption(answers).contract)?.[1]);
        const around = { strike_min: strike * 0.99, strike_max: strike * 1.01, strikes: 1 };
        return call('get_option_chain', { symbol: 'AAPL', expiry: nextMonth(), right: 'CALL', ...around });
      },
      (answers) =>
        call('place_order', {
          legs: [
            { conid: heldOption(answers).conid, side: 'SELL' },
            { conid: optionIn(answers), side: 'BUY' },
          ],
          ...{ quantity: 1, order_type: 'MKT' },
        }),
    ],
    facts: [
      ['state', 'filled'],
      ['order', /^BUY 1 AAPL combo \(sell 1 AAPL .* call, buy 1 AAPL .* call\)/],
    ],
  },
  {
    ask: 'Close half of my Microsoft at 700 or better.',
    calls: [call('close_position', { symbol: 'MSFT', percent: 50, limit_price: 700 })],
    facts: [
      ['order', /^SELL 30 MSFT LMT limit 700 DAY, reduces the position of 60 to 30/],
      ['state', 'working'],
    ],
  },
  {
    ask: 'Cancel everything on Intel.',
    given: [resting(), call('place_order', { ...BRACKET, order_type: 'LMT', limit_price: 4 })],
    calls: [call('cancel_orders', { symbol: 'INTC' })],
    facts: [
      ['outcome', 'cancelled'],
      ['order', /exit of order/],
    ],
  },
  {
    ask: 'Tighten the trailing stop on my Nvidia to 3 %.',
    given: [
      call('place_order', {
        ...{ symbol: 'NVDA', side: 'SELL', quantity: 20, order_type: 'TRAIL', trailing_percent: 6 },
        tif: 'GTC',
      }),
    ],
    calls: [
      call('get_orders', { status: 'OPEN' }),
      (answers) => call('modify_order', { order_id: ordersIn(answers)[0]?.order_id, trailing_percent: 3 }),
    ],
    facts: [['order', /SELL 20 NVDA TRAIL 3 %/]],
  },
  {
    ask: 'Buy 5 Intel at 5 dollars, all at once or not at all.',
    calls: [resting({ tif: 'FOK' })],
    facts: [
      ['state', 'cancelled'],
      ['filled_quantity', 0],
    ],
  },
  {
    ask: 'What are today’s top losers?',
    calls: [call('run_scanner', { type: 'top losers', limit: 5 })],
    facts: [['column', 'Chg%'], 'symbol', ['value', /^-/]],
  },
  {
    ask: 'Did my Intel order fill?',
    given: [call('place_order', { symbol: 'INTC', side: 'BUY', quantity: 3, order_type: 'MKT' })],
    calls: [call('get_orders')],
    facts: [['state', 'filled'], ['filled_quantity', 3], 'average_price', ['order', /^BUY 3 INTC MKT/]],
  },
  {
    ask: 'Convert 1,000 dollars into euros.',
    calls: [call('place_order', { symbol: 'EUR.USD', side: 'BUY', cash_quantity: 1_000, order_type: 'MKT' })],
    facts: [
      ['state', 'filled'],
      ['order', /^BUY 1000 USD of EUR\.USD/],
    ],
  },
  {
    ask: 'What is SAP worth in Frankfurt?',
    calls: [call('get_quote', { symbol: 'SAP', exchange: 'XETRA' })],
    facts: [['currency', 'EUR'], ['exchange', 'IBIS'], 'last'],
  },
  {
    ask: 'Buy 5 Intel at 5 dollars, before the opening too.',
    calls: [resting({ outside_rth: true })],
    facts: [['order', /also outside regular hours/]],
  },
  {
    ask: 'Buy 4 Intel with a target and a stop.',
    calls: [call('place_order', BRACKET)],
    facts: [
      ['state', 'filled'],
      ['type', 'take_profit'],
      ['type', 'stop_loss'],
      ['tif', 'GTC'],
    ],
  },
  {
    ask: 'Move the stop of my Intel to 2 dollars.',
    given: [call('place_order', BRACKET)],
    calls: [
      call('get_orders', { status: 'OPEN' }),
      (answers) => {
        const stop = ordersIn(answers).find(({ exit }) => exit === 'stop_loss');
        return call('modify_order', { order_id: stop?.order_id, stop_price: 2 });
      },
    ],
    facts: [['order', /SELL 4 INTC STP stop 2 GTC/]],
  },
  {
    ask: 'What waits for me to say yes?',
    settings: { approval: 'owner' },
    given: [resting()],
    calls: [call('get_orders', { status: 'OPEN' })],
    facts: [
      ['state', 'awaiting_approval'],
      'approval_url',
      'expires_at',
      ['order', /^BUY 5 INTC LMT limit 5/],
    ],
  },
  {
    ask: 'How did Nvidia do this year?',
    calls: [call('get_change', { symbol: 'NVDA', period: 'YTD' })],
    facts: [['period', 'ytd'], 'change_percent', 'high', 'low'],
  },
  {
    ask: 'What would it take to short 10 Tesla?',
    calls: [call('preview_order', { symbol: 'TSLA', side: 'SELL', quantity: 10, order_type: 'MKT' })],
    facts: [['order', /opens a short position of 10/], 'you_receive', 'initial_margin'],
  },
  {
    ask: 'Which SPY calls between 1 % below and 1 % above the price are there next month, and what do they cost?',
    calls: [
      call('get_quote', { symbol: 'SPY' }),
      ([quote]) => {
        const price = Number(quote?.last);
        const bounds = { strike_min: price * 0.99, strike_max: price * 1.01 };
        return call('get_option_chain', {
          ...{ symbol: 'SPY', expiry: nextMonth(), right: 'CALL', quotes: true, ...bounds },
        });
      },
    ],
    facts: ['strike', 'bid', 'ask', 'delta', ['right', 'call']],
  },
];

function heldOption([portfolio]: Answers): { conid: number; contract: string } {
  const positions = portfolio?.positions as { conid: number; contract: string | null }[];
  const option = positions.find(({ contract }) => contract?.endsWith('call'));
  if (option?.contract == null) throw new Error('No call is held.');
  return { conid: option.conid, contract: option.contract };
}

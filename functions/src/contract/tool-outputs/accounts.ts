/** What the tools about accounts and their connection answer. */
import { z } from 'zod';
import { KINDS_WITH_SECRETS } from '../connection-kind.ts';
import { APPROVAL_MODES } from '../rules/approval.ts';
import { SESSION_STATES } from '../session-states.ts';
import { cutOutput, unreadOutput } from './parts.ts';

/** What `chosen` means. */
export const CHOSEN =
  'false: none of the several accounts is chosen. Reads are then about the first, and orders need account_id.';

export const accountsOutput = z.strictObject({
  mode: z.enum(['paper', 'live']).describe('paper: simulated money. live: real money.'),
  chosen: z.boolean().describe(CHOSEN),
  accounts: z.array(
    z.strictObject({
      account_id: z.string(),
      title: z.string().nullable(),
      alias: z.string().nullable(),
      type: z.string().nullable(),
      base_currency: z.string().nullable(),
      current: z.boolean(),
    }),
  ),
  ...cutOutput,
  unread: unreadOutput,
});

const amount = z.number().nullable();

export const accountSummaryOutput = z.strictObject({
  account_id: z.string(),
  mode: z.enum(['paper', 'live']),
  account_type: z.string().nullable(),
  currency: z.string().nullable(),
  net_liquidation: amount,
  equity_with_loan: amount,
  total_cash: amount,
  gross_position_value: amount,
  buying_power: amount,
  available_funds: amount,
  excess_liquidity: amount,
  initial_margin: amount,
  maintenance_margin: amount,
  accrued_cash: amount,
  accrued_dividend: amount,
  sma: amount.describe('Special memorandum account (Regulation T).'),
  cushion: amount.describe(
    'Excess liquidity as a fraction of net liquidation; at 0 IBKR begins to liquidate.',
  ),
});

export const connectionStatusOutput = z.strictObject({
  label: z.string(),
  kind: z.string().describe(`sandbox: simulated. ${KINDS_WITH_SECRETS.join(' and ')}: IBKR.`),
  mode: z.enum(['paper', 'live']),
  state: z
    .enum(SESSION_STATES)
    .describe('held_elsewhere: TWS, mobile or another program of the same user has the session.'),
  session_since: z.string().nullable(),
  takes_over: z.boolean().describe('Whether the session may be taken from TWS or mobile.'),
  accounts: z.number().nullable(),
  trading: z
    .strictObject({
      approval: z.enum(APPROVAL_MODES).describe('Who has to say yes to an order.'),
      limits: z.record(z.string(), z.unknown()).describe('What the owner set; money in base currency.'),
      orders_left_today: z.number().nullable().describe('null: not limited.'),
      value_left_today: z.number().nullable().describe('null: not limited.'),
    })
    .describe('The rules that hold for orders of this app.'),
  message: z.string().nullable().describe('What is wrong, if anything.'),
  what_to_do: z.string().nullable(),
});

export type Accounts = z.output<typeof accountsOutput>;
export type AccountSummary = z.output<typeof accountSummaryOutput>;
export type ConnectionStatus = z.output<typeof connectionStatusOutput>;

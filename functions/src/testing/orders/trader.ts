/** Test support: orders of new sandboxes, against a real simulator and a real Firestore server in this process. */
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll } from 'vitest';
import type { OrderTicket } from '../../broker/orders/orders.ts';
import type { ApprovalMode } from '../../contract/rules/approval.ts';
import { findIntent } from '../../store/orders/order-intents.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { place, type SubmitContext } from '../../trading/engine/submit.ts';
import { newSandboxConnection } from '../access.ts';
import { firstAccount, newSandbox, type Sandbox, setPrice, simulatorUrl } from '../sandbox.ts';
import { type ServerSettings, useServers } from '../servers.ts';
import { riskInputsOf } from './risk-inputs.ts';

/** NVDA, which costs 100: an order within 3 % of that raises no question, one further away raises o163. */
const CONID = 4815747;
const PRICE = 100;
const RESTING: Ticket = {
  conid: CONID,
  side: 'BUY',
  quantity: 1,
  orderType: 'LMT',
  limitPrice: 98,
  tif: 'GTC',
};
export const FAR: Partial<Ticket> = { limitPrice: 60 };
export const MARKET: Partial<Ticket> = { orderType: 'MKT', limitPrice: undefined, tif: 'DAY' };

type Ticket = Omit<OrderTicket, 'clientOrderId'>;

/** An order as the simulator has it: the truth. */
interface TrueOrder {
  orderId: string;
  cOID: string | null;
  account: string;
  status: string;
  quantity: number;
}

export interface Trader {
  sandbox: Sandbox;
  accountId: string;
  /** For one call, as every call has one of its own. */
  context(options?: { budgetMs?: number; approval?: ApprovalMode; accepts?: string[] }): SubmitContext;
  /** Places a resting order, or what the ticket makes of it. */
  place(
    ticket?: Partial<Ticket>,
    options?: { context?: SubmitContext; clientOrderId?: string; modifies?: string; oca?: Partial<Ticket> },
  ): Promise<OrderIntent>;
  /** As it is stored. */
  intent(id: string): Promise<OrderIntent>;
  /** What the simulator has of this sandbox. */
  orders(): Promise<TrueOrder[]>;
}

let db: Firestore;

/** Runs one simulator and one database for the tests of a file. Call it at the top of the file. */
export function useOrders(settings?: ServerSettings): void {
  useServers((opened) => {
    db = opened;
  }, settings);
  beforeAll(() => setPrice(CONID, PRICE));
}

/** A new connection with an account of its own. */
export async function newTrader(): Promise<Trader> {
  const sandbox = newSandbox();
  const { connection } = await newSandboxConnection(db, { ownerUid: 'owner', acceptedWarnings: [] });
  const accountId = await firstAccount(sandbox.client());
  const trading: Trader['context'] = ({ budgetMs, approval = 'none', accepts = [] } = {}) => ({
    db,
    ibkr: sandbox.connection.client(budgetMs === undefined ? {} : { budgetMs }),
    connectionId: connection.id,
    accountMode: 'paper',
    ownerUid: 'owner',
    app: { id: 'key', label: 'my bot', name: 'bot', source: 'api_key' },
    acceptedWarnings: accepts,
    limits: { connection: {}, app: {} },
    approval,
  });
  return {
    sandbox,
    accountId,
    context: trading,
    place: (ticket, { context: at = trading(), clientOrderId = null, modifies, oca } = {}) =>
      place(at, {
        order: {
          accountId,
          contract: { conid: CONID, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
          ticket: { ...RESTING, ...ticket },
          ...(modifies === undefined ? {} : { modifies }),
          ...(oca === undefined ? {} : { oca: { ...RESTING, ...oca } }),
        },
        inputs: [riskInputsOf()],
        preview: null,
        held: null,
        clientOrderId: clientOrderId ?? null,
        duplicateMeant: false,
      }),
    intent: async (id) => {
      const intent = await findIntent(db, connection.id, id);
      if (intent === null) throw new Error(`No intent ${id}.`);
      return intent;
    },
    orders: async () => {
      const answer = await fetch(`${simulatorUrl()}/sim/orders`);
      const { orders } = (await answer.json()) as { orders: TrueOrder[] };
      return orders.filter(({ account }) => account === accountId);
    },
  };
}

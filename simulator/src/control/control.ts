/** `/sim`: how tests look behind the scenes and move time, prices and luck. */

import { instrumentOf } from '../contracts/catalog.ts';
import { type Answer, badRequest, ok, Refusal } from '../http/answer.ts';
import { readFault } from '../http/faults.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { PriceOverride } from '../market/market.ts';
import { sandboxKey, signInKey } from '../simulation.ts';
import type { SimulatorParts } from '../simulator-parts.ts';
import { ORDER_CONTROLS } from './control-orders.ts';
import { SIGN_IN_CONTROLS } from './control-sign-ins.ts';

interface ControlCall {
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly parts: SimulatorParts;
}

type ControlHandler = (call: ControlCall) => Answer;

/** Counts by method and path below the prefix, of all sessions, of one sandbox or of one user who signs in. */
function requests({ query, parts }: ControlCall): Answer {
  const [sandbox, user] = [query.get('sandbox'), query.get('user')?.toLowerCase()];
  const key = sandbox === null ? (user === undefined ? undefined : signInKey(user)) : sandboxKey(sandbox);
  return ok({ counts: parts.requests.counts(key), refused: parts.refusals.counts(key) });
}

function forgetRequests({ parts }: ControlCall): Answer {
  parts.requests.clear();
  parts.refusals.clear();
  return ok({});
}

function addFault({ body, parts }: ControlCall): Answer {
  parts.faults.add(readFault(body));
  return ok({});
}

/** Of one sandbox, or all. */
function clearFaults({ parts, query }: ControlCall): Answer {
  parts.faults.clear(query.get('sandbox') ?? undefined);
  return ok({});
}

/** `{advanceMs}` or `{setTo}` (ISO 8601 or epoch ms). */
function moveClock({ body, parts: { simulation } }: ControlCall): Answer {
  const { advanceMs, setTo } = objectBody(body);
  const by = numberOf(advanceMs);
  const to = numberOf(setTo) ?? (typeof setTo === 'string' ? Date.parse(setTo) : undefined);
  if (by !== undefined) simulation.clock.advance(by);
  else if (to !== undefined && !Number.isNaN(to)) simulation.clock.setTo(to);
  else throw badRequest('advanceMs or setTo is required');
  simulation.matching.advance();
  return clock({ parts: { simulation } });
}

function clock({ parts: { simulation } }: { parts: Pick<SimulatorParts, 'simulation'> }): Answer {
  const now = simulation.clock.now();
  return ok({ now: new Date(now).toISOString(), epochMs: now });
}

/**
 * `{conid, last?, bid?, ask?, halted?, liquidity?, sandbox?}`; a conid alone gives the price back to the simulation.
 * With a sandbox the price is that one's only.
 */
function setPrice({ body, parts: { simulation } }: ControlCall): Answer {
  const { conid, last, bid, ask, halted, liquidity, sandbox } = objectBody(body);
  const instrument = instrumentOf(numberOf(conid) ?? 0);
  if (!instrument) throw badRequest('conid is not valid');
  const values: PriceOverride = {
    ...price('last', last),
    ...price('bid', bid),
    ...price('ask', ask),
    ...price('liquidity', liquidity),
    ...(typeof halted === 'boolean' ? { halted } : {}),
  };
  if ((values.bid === undefined) !== (values.ask === undefined))
    throw badRequest('bid and ask belong together');
  simulation.matching.advance();
  const name = textOf(sandbox);
  const market = name === undefined ? simulation.market : simulation.ownMarketOf(sandboxKey(name));
  market.override(instrument.conid, simulation.clock.now(), values);
  simulation.matching.lookAt(instrument.conid);
  return ok({});
}

function price(key: 'last' | 'bid' | 'ask' | 'liquidity', value: unknown): PriceOverride {
  if (value === undefined || value === null) return {};
  const number = numberOf(value);
  if (number === undefined || number <= 0) throw badRequest(`${key} must be a positive number`);
  return { [key]: number };
}

/**
 * `{conid, fields, sandbox?}`: fields of its snapshot read so, whatever the market: `{"84": "-1", "6509": "DPB"}`,
 * null for one that is left out; no fields at all end it.
 */
function setQuoteFields({ body, parts: { simulation } }: ControlCall): Answer {
  const { conid, fields, sandbox } = objectBody(body);
  const instrument = instrumentOf(numberOf(conid) ?? 0);
  if (!instrument) throw badRequest('conid is not valid');
  const values = Object.entries(fields === undefined ? {} : objectBody(fields)).map(([field, value]) => {
    if (typeof value === 'string' || typeof value === 'number' || value === null)
      return [field, value] as const;
    throw badRequest(`field ${field} must be text, a number or null`);
  });
  const name = textOf(sandbox);
  const owner = name === undefined ? undefined : sandboxKey(name);
  simulation.quoteOverrides.set(instrument.conid, owner, Object.fromEntries(values));
  return ok({});
}

function clearQuoteFields({ parts: { simulation } }: ControlCall): Answer {
  simulation.quoteOverrides.clear();
  return ok({});
}

/** Of one sandbox, or all. */
function clearPrices({ query, parts: { simulation } }: ControlCall): Answer {
  const sandbox = query.get('sandbox');
  simulation.clearPrices(sandbox === null ? undefined : sandboxKey(sandbox));
  return ok({});
}

/** `{id, accounts?, positions?, groups?, profiles?}`: opens a sandbox that differs from the others, before its first use. */
function openSandbox({ body, parts: { simulation } }: ControlCall): Answer {
  const { id, accounts, positions, groups, profiles } = objectBody(body);
  const name = textOf(id);
  if (name === undefined) throw badRequest('id is required');
  const key = sandboxKey(name);
  if (simulation.hasSession(key)) throw badRequest(`sandbox ${name} is already open`);
  const [accountCount, positionCount] = [numberOf(accounts), numberOf(positions)];
  const session = simulation.session(key, {
    ...(accountCount === undefined ? {} : { accounts: accountCount }),
    ...(positionCount === undefined ? {} : { positions: positionCount }),
    ...((groups ?? profiles) !== undefined && {
      allocations: { groups: names('groups', groups), profiles: names('profiles', profiles) },
    }),
  });
  return ok({ accounts: session.accountIds });
}

function names(field: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string' && name !== ''))
    throw badRequest(`${field} must be a list of names`);
  return value;
}

/** `{account, model, conid, quantity}`: so much of what the account holds of the contract is in that model. */
function setModel({ body, parts: { simulation } }: ControlCall): Answer {
  const { account, model, conid, quantity } = objectBody(body);
  const book = simulation.accounts.get(textOf(account) ?? '');
  if (!book) throw badRequest('account is not valid');
  const name = textOf(model);
  const instrument = instrumentOf(numberOf(conid) ?? 0);
  const held = numberOf(quantity);
  if (name === undefined || !instrument || held === undefined)
    throw badRequest('model, conid and quantity are required');
  book.putInModel(name, instrument.conid, held);
  simulation.isDirty = true;
  return ok({});
}

/** Logs the session at the root in, as a person would on the login page. */
function logIn({ parts: { simulation } }: ControlCall): Answer {
  simulation.session('root').logIn(simulation.clock.now());
  return ok({});
}

function resetPacing({ parts }: ControlCall): Answer {
  parts.pacing?.reset();
  return ok({});
}

/** `{message, sandbox?}`: an urgent message of IBKR, on the WebSockets of a sandbox or on all. */
function sendBulletin({ body, parts: { sockets } }: ControlCall): Answer {
  const { message, sandbox } = objectBody(body);
  const text = textOf(message);
  if (text === undefined) throw badRequest('message is required');
  sockets.bulletin(text, textOf(sandbox));
  return ok({});
}

function registerConsumer({ body, parts: { oauth } }: ControlCall): Answer {
  return oauth.register(body);
}

const ROUTES: Readonly<Record<string, ControlHandler>> = {
  'GET /sim/requests': requests,
  'DELETE /sim/requests': forgetRequests,
  'POST /sim/faults': addFault,
  'DELETE /sim/faults': clearFaults,
  'GET /sim/clock': clock,
  'POST /sim/clock': moveClock,
  'POST /sim/prices': setPrice,
  'DELETE /sim/prices': clearPrices,
  'POST /sim/quotes': setQuoteFields,
  'DELETE /sim/quotes': clearQuoteFields,
  'POST /sim/sandboxes': openSandbox,
  'POST /sim/models': setModel,
  'POST /sim/login': logIn,
  'POST /sim/bulletins': sendBulletin,
  'POST /sim/oauth/consumers': registerConsumer,
  'DELETE /sim/pacing': resetPacing,
};

export function answerControl(
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
  parts: SimulatorParts,
): Answer {
  const handler = ROUTES[`${method} ${path}`];
  if (handler) return handler({ query, body, parts });
  const { signIns, simulation } = parts;
  const signInControl = SIGN_IN_CONTROLS[`${method} ${path}`];
  if (signInControl) return signInControl({ signIns, query, body, now: simulation.clock.now() });
  const [, id] = /^\/sim\/orders\/(\d+)$/.exec(path) ?? [];
  const orderControl = ORDER_CONTROLS[`${method} ${id === undefined ? path : '/sim/orders/:id'}`];
  if (!orderControl)
    throw new Refusal({ status: 404, body: { error: `no ${method} ${path}; see the simulator's README` } });
  return orderControl({ simulation, query, body, ...(id === undefined ? {} : { id }) });
}

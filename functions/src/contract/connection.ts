/** `/api/connections`: a person's ways to IBKR, as pages and programs see and change them. */

import { z } from 'zod';
import { listOf, time } from './answer-parts.ts';
import {
  ACCOUNT_MODES,
  type AccountMode,
  CONNECTION_KINDS,
  type ConnectionKind,
  KINDS_WITH_SECRETS,
  type KindWithSecrets,
  SECRETS,
  type Secrets,
} from './connection-kind.ts';
import { failure, publicError } from './failure.ts';
import { label } from './label.ts';
import { APPROVAL_MODES } from './rules/approval.ts';
import { limitChanges, storedLimits } from './rules/limits.ts';
import { KNOWN_SESSION_STATES } from './session-states.ts';
import { knownVersion, version } from './version.ts';

const mode = z.enum(ACCOUNT_MODES);

/** A schema for each kind that signs in with something. */
function ofEachLogin<Schema>(schemaOf: (kind: KindWithSecrets) => Schema): [Schema, ...Schema[]] {
  return KINDS_WITH_SECRETS.map(schemaOf) as [Schema, ...Schema[]];
}

const newSandbox = z.strictObject({
  kind: z.literal('sandbox'),
  mode: z.literal('paper').default('paper'),
  label: label.exactOptional(),
});

/** What `POST /connections` takes: a sandbox needs only its kind. */
export const newConnection = z.discriminatedUnion('kind', [
  newSandbox,
  ...ofEachLogin((kind) => z.strictObject({ kind: z.literal(kind), mode, label, ...SECRETS[kind].shape })),
]);
export type NewConnection =
  | z.input<typeof newSandbox>
  | ({ kind: KindWithSecrets; mode: AccountMode; label: string } & Secrets);

const changesOfSandbox = z.strictObject({
  version: knownVersion,
  limits: limitChanges.exactOptional(),
  approval: z.enum(APPROVAL_MODES).nullable().exactOptional(),
  acceptedWarnings: z
    .array(z.string().regex(/^[a-z]\d{1,6}$/, 'message ids such as o163'))
    .max(100)
    .exactOptional(),
  label: label.exactOptional(),
  /** The account that calls mean which name none; null: none is chosen. */
  currentAccountId: z.string().trim().min(1).max(30).nullable().exactOptional(),
});
const changesOfLogin = changesOfSandbox.extend({
  mode: mode.exactOptional(),
  allowTakeover: z.boolean().exactOptional(),
});

/** The address alone: what else it is reached with stays. */
const changesOfGateway = { address: z.string().exactOptional() };

/** What `PATCH /connections/:id` takes, by kind. What is absent stays as it is; of lists and secrets, all is replaced. */
export function connectionChanges(kind: ConnectionKind) {
  if (kind === 'sandbox') return changesOfSandbox;
  const changes = changesOfLogin.extend({ secrets: SECRETS[kind].strict().exactOptional() });
  return kind === 'gateway' ? changes.extend(changesOfGateway) : changes;
}
export type ConnectionChanges = z.input<typeof changesOfLogin> & { secrets?: Secrets; address?: string };

/** Where a gateway is: no secret, as the headers are that it is sent. */
export const gatewayAddress = z.strictObject({ url: z.string() });
export type GatewayAddress = z.output<typeof gatewayAddress>;

/** What `POST /connections/check` takes: a form as far as it is filled in. */
export const unfinishedConnection = z.discriminatedUnion(
  'kind',
  ofEachLogin((kind) => z.strictObject({ kind: z.literal(kind), ...SECRETS[kind].partial().shape })),
);

/** What is wrong with it, by field. */
export const connectionCheck = z.strictObject({ fields: z.record(z.string(), z.string()) });
export type ConnectionCheck = z.output<typeof connectionCheck>;

/** A stop that is in force. */
const stop = z.strictObject({
  since: time,
  /** Whether the gateway goes on cancelling by itself. */
  retrying: z.boolean(),
  /** Orders that may still fill; null while that is not known of every account. */
  remaining: z.number().nullable(),
  /** Accounts whose orders could not be listed yet; null while the accounts are not known. */
  accountsLeft: z.number().nullable(),
});

const settings = z.strictObject({
  id: z.string(),
  kind: z.enum(CONNECTION_KINDS),
  mode,
  label: z.string(),
  /** The account that calls mean which name none; null: none of several is chosen. */
  currentAccountId: z.string().nullable(),
  /** Whether the brokerage session may be taken from TWS or mobile. */
  allowTakeover: z.boolean(),
  limits: storedLimits,
  /** Null: what is usual for the mode and the kind of app. */
  approval: z.enum(APPROVAL_MODES).nullable(),
  /** Message ids of IBKR's warnings that need no yes. */
  acceptedWarnings: z.array(z.string()),
  panic: stop.nullable(),
  version,
  createdAt: time,
});
/** A connection as it is set up. */
export type ConnectionSettings = z.output<typeof settings>;

/** How a connection's session stood when it was last looked after. */
const sessionStatus = z.strictObject({
  state: z.enum(KNOWN_SESSION_STATES),
  /** Null when that is not known. */
  since: time.nullable(),
  /** Of `paused`. */
  until: time.nullable(),
});
export type SessionStatus = z.output<typeof sessionStatus>;

const connection = settings.extend({
  session: sessionStatus,
  /** The endings of its account numbers, such as `••••567`; none before the first session. */
  accounts: z.array(z.string()),
  /** When an app last called. */
  lastUsedAt: time.nullable(),
});
/** A connection as it is set up, and how it is used. */
export type Connection = z.output<typeof connection>;

export const connectionList = listOf(connection);
export type ConnectionList = z.output<typeof connectionList>;

export const shownConnection = z.strictObject({
  connection,
  /** IBKR's warnings that may be accepted in advance, in words, by message id. */
  offeredWarnings: z.record(z.string(), z.string()),
});
export type ShownConnection = z.output<typeof shownConnection>;

/** `apiKey` is the text of its first key, told this once. */
export const addedConnection = z.strictObject({ connection: settings, apiKey: z.string() });
export type AddedConnection = z.output<typeof addedConnection>;

export const changedConnection = z.strictObject({ connection: settings });
export type ChangedConnection = z.output<typeof changedConnection>;

/** With status 409: the connection as it is. */
export const connectionConflict = failure.extend(changedConnection.shape);
export type ConnectionConflict = z.output<typeof connectionConflict>;

/**
 * What `POST /connections/:id/sign-in` takes, what the owner does about a second factor: `ask` has IBKR send a code or ask on
 * the phone, `by` the factor that they choose where IBKR takes several, `code` is one that they read, `look` asks whether their yes on the phone has come.
 */
export const ownersAct = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('ask'), by: z.enum(['app', 'phone', 'message']).optional() }),
  z.strictObject({ act: z.literal('code'), code: z.string().regex(/^\d{6,8}$/, 'six to eight digits') }),
  z.strictObject({ act: z.literal('look') }),
]);
export type OwnersAct = z.output<typeof ownersAct>;

/** One step of a connection's test and what came of it. */
const testStep = z.strictObject({
  name: z.enum(['sign_in', 'accounts', 'mode']),
  ok: z.boolean(),
  /** What was found, or what went wrong and what to do. */
  detail: z.string(),
  error: publicError.exactOptional(),
});
export type TestStep = z.output<typeof testStep>;

export const connectionTest = z.strictObject({ ok: z.boolean(), steps: z.array(testStep) });
export type ConnectionTest = z.output<typeof connectionTest>;

/** What a stop did. */
export const stopResult = z.strictObject({
  trading: z.literal(false),
  /** Orders that waited for a yes. */
  declined: z.number(),
  revokedKeys: z.number(),
  revokedApps: z.number(),
  /** IBKR has the request to cancel, of this stop or an earlier run of it. */
  cancelling: z.array(z.strictObject({ orderId: z.string(), accountId: z.string() })),
  /** IBKR would not or could not be asked: to be tried again. */
  failed: z.array(z.strictObject({ orderId: z.string(), accountId: z.string(), reason: z.string() })),
  /** Why the orders of an account could not be listed, if they could not. */
  unlisted: z.string().nullable(),
  /** Orders that may still fill or come to be; null while that is not known of every account. It is over with 0. */
  remaining: z.number().nullable(),
  /** Accounts that could not be listed yet, for lack of time if `unlisted` is null; null while none are known. */
  accountsLeft: z.number().nullable(),
  /** Whether the schedule goes on with it. */
  retrying: z.boolean(),
});
export type StopResult = z.output<typeof stopResult>;

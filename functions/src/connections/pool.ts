/** The open connections to IBKR of this process, one for each connection record, kept between calls. */

import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import type { IbkrClient } from '../broker/session/client.ts';
import { IbkrConnection } from '../broker/session/connection.ts';
import { OutgoingAddress } from '../broker/session/outgoing-address.ts';
import type { Limit, TakenTurns } from '../broker/session/pacing.ts';
import type { SessionStore } from '../broker/session/session-store.ts';
import type { OwnersAct } from '../broker/sign-in/second-factor.ts';
import { addressPauses } from '../store/address-pauses.ts';
import { type Connection, readSecrets } from '../store/connections.ts';
import { perDatabase } from '../store/database/per-database.ts';
import { markSessionUsed, sessionStore } from '../store/sessions.ts';
import type { Vault } from '../store/vault/vault.ts';
import { codeOf } from './broker-words.ts';
import { KINDS } from './kinds/index.ts';
import type { Opening } from './kinds/kind.ts';
import type { SignInService } from './sign-in/sign-in-service.ts';

/** What it takes to open connections. */
export interface IbkrAccess {
  db: Firestore;
  vault: Vault;
  /** Where sandbox accounts live; undefined where there are none. */
  simulatorUrl: string | undefined;
  /** What the simulator answers to; left out where it answers anybody. */
  simulatorKey?: string | undefined;
  /** Everything is on one machine, so that loopback addresses may be reached. */
  localMode: boolean;
  /** Whether the deployment signs in to IBKR for people. */
  managedSignIn?: boolean;
  /** What signs in for them, and has the keys to their passwords. */
  signIns: SignInService;
  /** What sandboxes are kept to; IBKR's limits where it is left out, as for every other connection. */
  sandboxLimits?: readonly Limit[];
  /** Told when IBKR has locked the address of the deployment out: until then (ms since 1970) nobody reaches it. */
  onAddressPause?: ((until: number) => void) | undefined;
  /** Told of a session that was opened, of a kind that logs itself in; the opening waits for it. It must not throw. */
  onSessionOpened?(connectionId: string): Promise<void>;
}

const IDLE_MS = 15 * 60_000;
const USE_NOTED_EVERY_MS = 10 * 60_000;

const opened = new LRUCache<string, Promise<IbkrConnection>>({
  max: 500,
  ttl: IDLE_MS,
  updateAgeOnGet: true,
  dispose: (connection) => void connection.then((open) => open.close()).catch(() => {}),
});

/** Connections whose use was noted a moment ago, so that calls do not cost a write each. */
const noted = new LRUCache<string, true>({ max: 5_000, ttl: USE_NOTED_EVERY_MS });

/** By connection. IBKR counts on where a connection is opened anew, as after each change of it. */
const takenTurnsOf = perDatabase(() => new LRUCache<string, TakenTurns>({ max: 5_000 }));

/** What all connections of this process share that reach IBKR by the deployment's own address. */
const addressOf = perDatabase(
  ({ db, onAddressPause }: IbkrAccess) => new OutgoingAddress(addressPauses(db), onAddressPause),
);

/** `ibkrClient` for a call of the owner's: from then on the session is kept alive for a day. */
export async function ibkrClientInUse(
  access: IbkrAccess,
  connection: Connection,
  budgetMs?: number,
): Promise<IbkrClient> {
  const calledAt = Date.now();
  if (KINDS[connection.kind].isKeptAlive && !noted.has(connection.id)) {
    noted.set(connection.id, true);
    await markSessionUsed(access.db, connection.id, new Date());
  }
  return ibkrClient(access, connection, budgetMs, calledAt);
}

/**
 * What one call talks to IBKR with.
 * @param budgetMs How long the call may take; as long as a tool's where it is left out.
 * @param calledAt When the call began: storage may be slow.
 * @throws {GatewayError} `ibkr_unavailable` when the deployment has no simulator; what is wrong with the
 * connection's secrets.
 */
export async function ibkrClient(
  access: IbkrAccess,
  connection: Connection,
  budgetMs?: number,
  calledAt = Date.now(),
): Promise<IbkrClient> {
  const name = `${connection.id} ${connection.version}`;
  let opening = opened.get(name);
  if (opening === undefined) {
    opening = openConnection(access, connection, turnsOf(access.db, connection.id));
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
  }
  const { pacedUntil } = connection;
  return (await opening).client({ pacedUntil, calledAt, ...(budgetMs && { budgetMs }) });
}

function turnsOf(db: Firestore, connectionId: string): TakenTurns {
  const all = takenTurnsOf(db);
  const turns = all.get(connectionId) ?? new Map();
  all.set(connectionId, turns);
  return turns;
}

/** Opens one more connection of a record, as another process would; `ibkrClient` shares one. */
export async function openConnection(
  access: IbkrAccess,
  connection: Connection,
  takenTurns?: TakenTurns,
  act?: OwnersAct,
): Promise<IbkrConnection> {
  const { kind, ownerUid: owner, allowTakeover } = connection;
  const opened = await KINDS[kind].open({ ...opening(access, connection), act });
  const store = sharedSession(access, connection);
  const address = KINDS[kind].leavesByOurs ? { address: addressOf(access.db, access), owner } : {};
  return new IbkrConnection({
    ...opened,
    ...address,
    store,
    allowTakeover,
    ...(takenTurns && { takenTurns }),
  });
}

/** Lets a sign-in that IBKR refused be tried again, because the owner of the connection did something. */
export async function letTryAgain(access: IbkrAccess, connection: Connection): Promise<void> {
  await KINDS[connection.kind].letTryAgain?.(opening(access, connection));
}

function opening(access: IbkrAccess, { id, ownerUid, mode }: Connection): Opening {
  const { db, vault, simulatorUrl, simulatorKey, sandboxLimits, localMode } = access;
  const { managedSignIn = false, signIns } = access;
  return {
    connectionId: id,
    ownerUid,
    mode,
    readSecrets: () => readSecrets(db, vault, id),
    simulatorUrl,
    simulatorKey,
    sandboxLimits,
    network: { localMode },
    managedSignIn,
    signIns,
    act: undefined,
  };
}

/** The record of a session, which has troubles by the codes of this product. */
function sharedSession(access: IbkrAccess, { id, kind }: Connection): SessionStore {
  const store = sessionStore(access.db, access.vault, id);
  return {
    ...store,
    async write({ trouble, ...fields }) {
      if (trouble === undefined) await store.write(fields);
      else
        await store.write({ ...fields, trouble: trouble && { code: codeOf(trouble.kind), at: trouble.at } });
      if (fields.epoch !== undefined && KINDS[kind].logsItselfIn) await access.onSessionOpened?.(id);
    },
  };
}

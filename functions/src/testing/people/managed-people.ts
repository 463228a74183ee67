/** Test support: users of the simulated IBKR who sign in by name, password and a second factor. */
import type { RunningSimulator } from '../../../../simulator/src/server.ts';
import { IbkrConnection } from '../../broker/session/connection.ts';
import { inMemorySessionStore, type SessionStore } from '../../broker/session/session-store.ts';
import { NO_ATTEMPTS, type UserAttempts } from '../../broker/sign-in/attempts.ts';
import { parseManagedCredentials } from '../../broker/sign-in/managed-credentials.ts';
import { type AttemptsStore, managedSession } from '../../broker/sign-in/managed-login.ts';
import { managedTransport } from '../../broker/sign-in/managed-transport.ts';
import type { OwnersAct, UnfinishedStore } from '../../broker/sign-in/second-factor.ts';
import { closeAfterFile } from '../after-file.ts';
import { controlSimulator } from '../simulator-control.ts';

function inMemoryAttempts(): AttemptsStore & { known: UserAttempts } {
  const store = {
    known: NO_ATTEMPTS,
    change: async <Result>(
      next: (known: UserAttempts, now: number) => { known: UserAttempts | null; result: Result },
    ) => {
      const { known, result } = next(store.known, Date.now());
      store.known = known ?? store.known;
      return result;
    },
  };
  return store;
}

export function inMemoryUnfinished(): UnfinishedStore {
  let kept: Uint8Array | null = null;
  return {
    read: async () => kept,
    write: async (state) => {
      kept = state;
    },
  };
}

/** @param simulator Where they are; asked at each call. */
export function managedPeople(simulator: () => RunningSimulator) {
  let people = 0;

  const control = (method: string, path: string, body?: object) =>
    controlSimulator(simulator().url, method, path, body);

  /** A user of the simulated IBKR, and connections of it. */
  async function person(settings: object = {}) {
    people += 1;
    const username = `trader${people}`;
    const user = (await control('POST', 'sign-ins/users', { username, ...settings })) as {
      password: string;
      totpSecret: string;
      mode: 'paper' | 'live';
    };
    const attempts = inMemoryAttempts();
    const unfinished = inMemoryUnfinished();
    const open = ({
      store = inMemorySessionStore(),
      act,
      ...changes
    }: {
      store?: SessionStore;
      act?: OwnersAct;
      password?: string;
      totpSecret?: string;
      mode?: string;
    } = {}) => {
      const { mode = user.mode, ...entered } = { ...user, ...changes };
      const input = {
        username: username.toUpperCase(),
        password: entered.password,
        ...(entered.totpSecret !== '' && { totpSecret: entered.totpSecret }),
        signInUrl: simulator().url,
      };
      const credentials = parseManagedCredentials(input, mode === 'paper', { localMode: true });
      const options = { attempts, connectionId: username, owner: 'owner', unfinished, act };
      const transport = managedTransport(() => managedSession(credentials, options));
      const connection = new IbkrConnection({
        transport,
        login: transport,
        store,
        limits: [],
        isNight: () => false,
      });
      closeAfterFile(() => connection.close());
      return connection;
    };
    const counts = async () => {
      const { byUser } = (await control('GET', 'sign-ins')) as {
        byUser: Record<string, { attempts: number; refused: number; codesRefused: number; signedIn: number }>;
      };
      return byUser[username];
    };
    const change = (changes: object) => control('POST', 'sign-ins/users', { username, ...changes });
    return { username, user, attempts, open, counts, change };
  }

  return { control, person };
}

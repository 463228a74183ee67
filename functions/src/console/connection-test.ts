import { getAccounts } from '../broker/accounts/accounts.ts';
import type { OwnersAct } from '../broker/sign-in/second-factor.ts';
import { inWords } from '../connections/broker-words.ts';
import { KINDS } from '../connections/kinds/index.ts';
import { ibkrClient, letTryAgain, openConnection } from '../connections/pool.ts';
import type { ConnectionTest, TestStep } from '../contract/connection.ts';
import { GatewayError } from '../errors.ts';
import type { Service } from '../service.ts';
import type { Connection } from '../store/connections.ts';
import { forgetRejection, noteSessionWell } from '../store/sessions.ts';

/** Credentials that IBKR refused are tried again no sooner: it locks users out who fail too often. */
const RETRY_CREDENTIALS_AFTER_MS = 10 * 60_000;

/**
 * Tries a connection step by step; stops at the first that fails. Credentials that IBKR refused a while ago are tried
 * once more, since IBKR may have activated them.
 * @param act What the owner does where IBKR asks for more than a password.
 * @returns `{ok, steps}`; the accounts are named only by their last three characters.
 */
export async function testConnection(
  service: Service,
  connection: Connection,
  act?: OwnersAct,
): Promise<ConnectionTest> {
  const steps: TestStep[] = [];
  const before = new Date(Date.now() - RETRY_CREDENTIALS_AFTER_MS);
  let name: TestStep['name'] = 'sign_in';
  try {
    if (await forgetRejection(service.db, connection.id, before)) await letTryAgain(service, connection);
    if (act !== undefined) await signInWith(service, connection, act);
    const ibkr = await ibkrClient(service, connection);
    const { accounts, isPaper } = await getAccounts(ibkr);
    await noteSessionWell(service.db, connection.id);
    steps.push({ name, ok: true, detail: 'The brokerage session is open.' });
    const endings = accounts.map(({ accountId }) => `••••${accountId.slice(-3)}`);
    steps.push({ name: 'accounts', ok: true, detail: `Accounts: ${endings.join(', ')}.` });
    name = 'mode';
    const mode = isPaper ? 'paper' : 'live';
    const matches = mode === connection.mode;
    const detail = matches
      ? `IBKR says that the login is ${mode}, as the connection does.`
      : `IBKR says that the login is ${mode}, but the connection is set up as ${connection.mode}. Change one of them.`;
    steps.push({ name, ok: matches, detail });
  } catch (caught) {
    const error = inWords(caught, KINDS[connection.kind].words);
    if (!(error instanceof GatewayError)) throw error;
    steps.push({ name, ok: false, detail: `${error.message} ${error.hint}`, error: error.toPublic() });
  }
  return { ok: steps.every(({ ok }) => ok), steps };
}

/** Opens the session that all instances then use. */
async function signInWith(service: Service, connection: Connection, act: OwnersAct): Promise<void> {
  const opened = await openConnection(service, connection, undefined, act);
  try {
    await getAccounts(opened.client());
  } finally {
    await opened.close();
  }
}

/** Sandbox connections of the stack's demo user, written to the database so that a page finds them there. */
import { createConnection } from '../functions/src/store/connections.ts';
import { createApiKey } from '../functions/src/store/credentials/api-keys.ts';
import { database } from './database.ts';
import { demo } from './own-stack.ts';

/** A new one, which accepts what IBKR warns of; `fields` say otherwise. */
export async function demoSandbox(
  fields: { label?: string; acceptedWarnings?: string[] } = {},
): Promise<{ id: string }> {
  const { connection } = await createConnection(database(), {
    ownerUid: demo().uid,
    kind: 'sandbox',
    mode: 'paper',
    label: 'Sandbox',
    acceptedWarnings: ['o10151', 'o163', 'o383'],
    ...fields,
  });
  return { id: connection.id };
}

/** A key of one of these connections, whose orders its owner approves or nobody does. */
export async function demoKey(
  connectionId: string,
  approval: 'owner' | 'none',
  label = 'bot',
): Promise<string> {
  const connection = { id: connectionId, ownerUid: demo().uid };
  const { apiKey } = await createApiKey(database(), { connection, label, scope: 'write', approval });
  return apiKey;
}

/** One with a key whose orders are sent at once. */
export async function sandbox(): Promise<{ id: string; key: string }> {
  const { id } = await demoSandbox();
  return { id, key: await demoKey(id, 'none') };
}

/** The authorization server called by hand, and its records made older than they are. */
import { Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { oidcRecord } from '../../functions/src/store/oidc/oidc-records.ts';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import type { HostingProxy } from '../hosting-proxy.ts';
import { rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

/** Someone to whom hosts connect: signed in, with a sandbox to give them. */
export interface Owner {
  idToken: string;
  connectionId: string;
}

export async function newOwner(name: string): Promise<Owner> {
  const idToken = await signInAs(name);
  const { body } = await api(idToken, 'POST', '/connections', { kind: 'sandbox' });
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(body);
  return { idToken, connectionId: connection.id };
}

/** Sends a form, as the token and revocation endpoints take it. */
export async function postForm(proxy: HostingProxy, path: string, fields: Record<string, string>) {
  const answer = await proxy.fetch(demo().origin + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: z.record(z.string(), z.unknown()).parse(text === '' ? {} : JSON.parse(text)),
  };
}

/** How `/mcp` answers somebody with this token. */
export async function statusAtMcp(token: string): Promise<number> {
  return (await rpc('tools/list', {}, { key: token })).status;
}

/** Makes a record of the authorization server look as old as it would be later. */
export async function age(model: string, id: string, field: string, milliseconds: number): Promise<void> {
  const record = oidcRecord(database(), model, id);
  const was: Timestamp = (await record.get()).get(field);
  await record.update({ [field]: Timestamp.fromMillis(was.toMillis() - milliseconds) });
}

/** The search for secrets after a suite: it finds what is planted, wherever that is, and does not pass for want of anything. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore } from 'firebase-admin/firestore';
import { beforeAll, expect, it } from 'vitest';
import { closeAfterFile } from '../functions/src/testing/after-file.ts';
import { PROJECT_ID } from '../local/src/emulators.ts';
import { startFirestoreServer } from '../local/src/firestore/server.ts';
import { searchForSecrets } from './seen-secrets.ts';

const PASSWORD = 'correct-horse-battery';
const CODE = '123456';

let db: Firestore;
let directory: string;
let search: () => Promise<void>;

beforeAll(async () => {
  const server = await startFirestoreServer({ port: 0 });
  const firestore = `127.0.0.1:${server.port}`;
  db = new Firestore({ projectId: PROJECT_ID, host: firestore, ssl: false });
  const simulator = createServer((_, response) =>
    response.end(JSON.stringify({ byUser: { somebody: { sent: [{ code: CODE }] } } })),
  );
  await new Promise<void>((resolve) => simulator.listen(0, '127.0.0.1', resolve));
  directory = await mkdtemp(join(tmpdir(), 'seen-secrets-'));
  closeAfterFile(async () => {
    simulator.close();
    await db.terminate();
    await server.stop();
    await rm(directory, { recursive: true });
  });
  await Promise.all([note(`${PASSWORD}\n`), log('host', 'all is well\n'), log('simulator', 'so it is\n')]);
  await db.doc('connections/a').set({ label: 'Mine' });
  const { port } = simulator.address() as AddressInfo;
  search = () =>
    searchForSecrets(join(directory, 'noted'), {
      firestore,
      simulator: `127.0.0.1:${port}`,
      logs: directory,
    });
});

const note = (text: string) => writeFile(join(directory, 'noted'), text);
const log = (name: string, text: string) => writeFile(join(directory, `${name}.log`), text);

it.each([
  ['a password in a record', () => db.doc('audit/a').set({ args: { text: `it is ${PASSWORD}` } })],
  ['a password below a record that is gone', () => db.doc('gone/a/below/b').set({ list: [PASSWORD] })],
  ['a code that IBKR sent', () => db.doc('audit/a').set({ code: CODE })],
  ['a cookie', () => db.doc('sessions/a').set({ cookies: 'USERID=1; XYZAB=ab' })],
  ['a cookie among others', () => db.doc('sessions/a').set({ cookies: [{ name: 'JSESSIONID' }] })],
  ['a cookie as text', () => db.doc('sessions/a').set({ token: JSON.stringify({ SBID: 'ab' }) })],
  ['a password in the log of the functions', () => log('host', `said ${PASSWORD}`)],
  ['a password in the log of another process', () => log('simulator', `said ${PASSWORD}`)],
  ['a cookie in what a log put aside', () => writeFile(join(directory, 'host.log.before'), 'SBID=1')],
])('%s is found', async (_, plant) => {
  await search();
  await plant();
  await expect(search()).rejects.toThrow(/holds 1 of \d+ secrets as they are/);
  await Promise.all([log('host', 'all is well\n'), log('simulator', 'so it is\n')]);
  await rm(join(directory, 'host.log.before'), { force: true });
  for (const path of ['audit/a', 'sessions/a', 'gone/a/below/b']) await db.doc(path).delete();
});

it('nothing noted, nothing logged or nothing stored is no success', async () => {
  await note('');
  await expect(search()).rejects.toThrow('No secret was noted');
  await note(`${PASSWORD}\n`);
  await Promise.all([log('host', ''), log('simulator', '')]);
  await expect(search()).rejects.toThrow('There are no logs');
  await log('host', 'all is well\n');
  await db.doc('connections/a').delete();
  await expect(search()).rejects.toThrow('The database is empty');
});

it('takes nothing for a cookie that is sealed and has its letters', async () => {
  await db.doc('sessions/sealed').set({ data: 'uo+5SBIDHw2/XYZAB9k8=' });
  await search();
});

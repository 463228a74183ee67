/** Test support: Firebase Authentication, as far as accounts are looked up, disabled and deleted there. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { initializeApp } from 'firebase-admin/app';
import { beforeAll, vi } from 'vitest';
import { closeAfterFile } from './after-file.ts';

/** What is known of accounts; everybody has one until it is deleted. */
export interface Accounts {
  disabled: Set<string>;
  deleted: Set<string>;
  /** Called with `disable` or `delete` before it is done; what it throws is what comes of it. */
  before: (act: 'disable' | 'delete') => void;
  /** Of the server, as `host:port`. */
  host: string;
}

/** Has Firebase's library know accounts in the tests of a file. Call it at the top of the file. */
export function useAccounts(): Accounts {
  const accounts: Accounts = {
    disabled: new Set(),
    deleted: new Set(),
    before: () => {},
    host: '',
  };
  beforeAll(async () => {
    const server = createServer(async (request, response) => {
      const asked = (await json(request)) as { localId?: string | string[]; disableUser?: boolean };
      const [uid = ''] = [asked.localId ?? []].flat();
      const act = /:(update|delete|lookup)$/.exec(request.url ?? '')?.[1];
      try {
        if (act === 'update') accounts.before('disable');
        if (act === 'delete') accounts.before('delete');
      } catch {
        response.writeHead(500).end('{}');
        return;
      }
      response.setHeader('Content-Type', 'application/json');
      if (accounts.deleted.has(uid)) {
        response.writeHead(act === 'lookup' ? 200 : 400);
        response.end(JSON.stringify(act === 'lookup' ? {} : { error: { message: 'USER_NOT_FOUND' } }));
        return;
      }
      if (act === 'update' && asked.disableUser) accounts.disabled.add(uid);
      if (act === 'delete') accounts.deleted.add(uid);
      const account = {
        localId: uid,
        email: `${uid}@example.com`,
        emailVerified: true,
        validSince: '0',
        disabled: accounts.disabled.has(uid),
      };
      response.end(JSON.stringify(act === 'lookup' ? { users: [account] } : { localId: uid }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    accounts.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', accounts.host);
    initializeApp({ projectId: 'demo-test' });
    closeAfterFile(() => new Promise((closed) => server.close(closed)));
  });
  return accounts;
}

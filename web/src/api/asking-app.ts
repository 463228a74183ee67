import type { AskingApp } from '@ibkr-gateway/functions/contract/access/consent';
import { readPublic } from './client/http.ts';

/** The app that sent this browser here, as it may be told before anybody is signed in. */
export async function readAskingApp(uid: string, signal: AbortSignal): Promise<AskingApp['client']> {
  return (await readPublic<AskingApp>(`/api/consent/${encodeURIComponent(uid)}/client`, { signal })).client;
}

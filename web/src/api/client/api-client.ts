import { onlineManager } from '@tanstack/react-query';
import type { User } from 'firebase/auth';
import { createContext, useContext } from 'react';
import { needsNewSignIn } from '../../format/words/failure-words.ts';
import { ConsoleError } from './console-error.ts';
import { type ApiClient, type FailedCall, failedCall, newClient, repeatCall } from './http.ts';

/** A function ends after 60 s at the latest: then there is no answer to come. */
const TIMEOUT_MS = 65_000;
/** What is asked for by POST because of its arguments, and changes nothing. */
const READS_BY_POST = /\/tools\/|\/check$/;

/** What calls need from whoever is at the page. */
interface SignInEvents {
  /** Called when the API no longer takes the token. */
  onSignedOut: () => void;
  /** Called when the API wants a newer sign-in for a call. @returns whether there is one now. */
  askToSignInAgain: () => Promise<boolean>;
}

/**
 * The console's API as one user calls it: an ID token, fresh for as long as the sign-in lasts, on every call. A call
 * that needs a newer sign-in waits for it and is then made once more; it fails only where none comes.
 */
export function apiClient(
  user: Pick<User, 'getIdToken'>,
  { onSignedOut, askToSignInAgain }: SignInEvents,
): ApiClient {
  const client = newClient({ baseURL: '/api', timeout: TIMEOUT_MS });
  client.interceptors.request.use(async (request) => {
    request.headers.set('Authorization', `Bearer ${await user.getIdToken()}`);
    // Not left to the browser, so that what is said not to have been sent was not.
    if (!onlineManager.isOnline()) throw new ConsoleError('offline');
    return request;
  });
  client.interceptors.response.use(undefined, async (error: unknown) => {
    const call = failedCall(error);
    if (call === undefined) throw error;
    if (call.answer?.status === 401) onSignedOut();
    if (needsNewSignIn(error) && (await askToSignInAgain())) return repeatCall(client, error);
    throw mayHaveChangedSomething(call) ? new ConsoleError('answer_lost', { cause: error }) : error;
  });
  return client;
}

/** Of a change without an answer, or with one that only says that answering failed. */
function mayHaveChangedSomething({ answer, method, url }: FailedCall): boolean {
  if (method === undefined || method === 'get' || READS_BY_POST.test(url ?? '')) return false;
  return answer === undefined || answer.status >= 500;
}

const ApiContext = createContext<ApiClient | null>(null);
export const ApiProvider = ApiContext.Provider;

/** The API as the signed-in user calls it. */
export function useApi(): ApiClient {
  const api = useContext(ApiContext);
  if (api === null) throw new Error('Only pages for people who are signed in may call the API.');
  return api;
}

import { onlineManager } from '@tanstack/react-query';
import type { User } from 'firebase/auth';
import { createContext, useContext } from 'react';
import { ConsoleError } from './console-error.ts';
import { type ApiClient, type FailedCall, failedCall, newClient } from './http.ts';

/** A function ends after 60 s at the latest: then there is no answer to come. */
const TIMEOUT_MS = 65_000;
/** What is asked for by POST because of its arguments, and changes nothing. */
const READS_BY_POST = /\/tools\/|\/check$/;

/**
 * The console's API as one user calls it: an ID token, fresh for as long as the sign-in lasts, on every call.
 * @param onSignedOut Called when the API no longer takes the token.
 */
export function apiClient(user: User, onSignedOut: () => void): ApiClient {
  const client = newClient({ baseURL: '/api', timeout: TIMEOUT_MS });
  client.interceptors.request.use(async (request) => {
    request.headers.set('Authorization', `Bearer ${await user.getIdToken()}`);
    // Not left to the browser, so that what is said not to have been sent was not.
    if (!onlineManager.isOnline()) throw new ConsoleError('offline');
    return request;
  });
  client.interceptors.response.use(undefined, (error: unknown) => {
    const call = failedCall(error);
    if (call === undefined) throw error;
    if (call.answer?.status === 401) onSignedOut();
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

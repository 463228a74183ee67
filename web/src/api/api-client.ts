import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { User } from 'firebase/auth';
import { createContext, useContext } from 'react';

/** A function ends after 60 s at the latest: then there is no answer to come. */
const TIMEOUT_MS = 65_000;

/**
 * The console's API as one user calls it: an ID token, fresh for as long as the sign-in lasts, on every call.
 * @param onSignedOut Called when the API no longer takes the token.
 */
export function apiClient(user: User, onSignedOut: () => void): AxiosInstance {
  const client = axios.create({ baseURL: '/api', timeout: TIMEOUT_MS });
  client.interceptors.request.use(async (request) => {
    request.headers.set('Authorization', `Bearer ${await user.getIdToken()}`);
    return request;
  });
  client.interceptors.response.use(undefined, (error: unknown) => {
    if (isAxiosError(error) && error.response?.status === 401) onSignedOut();
    throw error;
  });
  return client;
}

const ApiContext = createContext<AxiosInstance | null>(null);
export const ApiProvider = ApiContext.Provider;

/** The API as the signed-in user calls it. */
export function useApi(): AxiosInstance {
  const api = useContext(ApiContext);
  if (api === null) throw new Error('Only pages for people who are signed in may call the API.');
  return api;
}

import { MutationCache, QueryClient } from '@tanstack/react-query';
import { isAnswerLost } from '../../format/failure-words.ts';
import { failedCall } from './http.ts';

const MOST_RETRIES = 2;

/** Keeps what one user has read; another user gets another. */
export function newQueryClient(): QueryClient {
  const mutationCache = new MutationCache({
    onError: (error) => {
      // The change may have been made: look at everything, which begins when the device has a connection.
      if (isAnswerLost(error)) client.invalidateQueries();
    },
  });
  const client = new QueryClient({
    mutationCache,
    defaultOptions: {
      queries: { retry: (failures, error) => failures < MOST_RETRIES && !isRefusal(error) },
      // A decision about money is made now or not at all: never repeated, never kept until the device is online.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}

/** A refusal stays one however often one asks. */
function isRefusal(error: unknown): boolean {
  const status = failedCall(error)?.answer?.status;
  return status !== undefined && status < 500;
}

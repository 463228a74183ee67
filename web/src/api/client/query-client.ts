import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isAnswerLost } from '../../format/words/failure-words.ts';
import { failedCall } from './http.ts';
import { retryBudget } from './polling.ts';

const MOST_RETRIES = 2;
/** What failed this recently is not asked for again only because another part of a page comes to show it. */
const FAILED_FOR_MS = 5_000;

/** Keeps what one user has read; another user gets another. */
export function newQueryClient(): QueryClient {
  const queryCache = new QueryCache();
  const mayRetryNow = retryBudget(queryCache);
  const mutationCache = new MutationCache({
    onError: (error) => {
      // The change may have been made: look at everything, which begins when the device has a connection.
      if (isAnswerLost(error)) client.invalidateQueries();
    },
  });
  const client = new QueryClient({
    queryCache,
    mutationCache,
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < MOST_RETRIES && !isRefusal(error) && mayRetryNow(),
        // Who signed in anew meanwhile is shown the same parts again.
        retryOnMount: ({ state }) =>
          statusOf(state.error) === 401 || Date.now() - state.errorUpdatedAt > FAILED_FOR_MS,
      },
      // A decision about money is made now or not at all: never repeated, never kept until the device is online.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}

/** A refusal stays one however often one asks. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status < 500;
}

function statusOf(error: unknown): number | undefined {
  return failedCall(error)?.answer?.status;
}

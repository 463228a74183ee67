import type {
  AccountDeletionBody,
  DataPage,
  DataPart,
  OwnAccount,
} from '@ibkr-gateway/functions/contract/account';
import { useQuery } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import type { ApiClient } from './client/http.ts';
import { readPages } from './pages.ts';

/** Whose account it is, and what to know before deleting it. */
export function useOwnAccount() {
  const api = useApi();
  return useQuery({
    queryKey: ['account'],
    queryFn: async ({ signal }) => (await api.get<OwnAccount>('/account', { signal })).data,
  });
}

/** A person's records, by part. */
export type OwnData = Partial<Record<DataPart, Record<string, unknown>[]>>;

/**
 * Everything that is kept of who is signed in.
 * @param onProgress Told how many records there are so far.
 */
export async function readOwnData(
  api: ApiClient,
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<OwnData> {
  const data: OwnData = {};
  let count = 0;
  for await (const page of readPages<DataPage>(api, '/account/data', {}, signal)) {
    data[page.part] = [...(data[page.part] ?? []), ...page.items];
    count += page.items.length;
    onProgress(count);
  }
  return data;
}

/** Deletes the account of who is signed in, for good. */
export function useDeleteAccount(onDeleted: () => void) {
  const api = useApi();
  return useChange({
    mutationFn: async (body: AccountDeletionBody) => {
      await api.post('/account/deletion', body);
    },
    onSuccess: onDeleted,
  });
}

/** Lists that the API answers page by page. */
import type { ApiClient } from './client/http.ts';

/** Where a page goes on; null: it is the last one. */
interface Page {
  nextCursor: string | null;
}

/** The query that asks for the page after one; undefined where there is none. */
export function nextPage({ nextCursor }: Page): { cursor?: string } | undefined {
  return nextCursor === null ? undefined : { cursor: nextCursor };
}

/** Every page of a list, one after the other; each is asked for when the one before it is done with. */
export async function* readPages<P extends Page>(
  api: ApiClient,
  path: string,
  query: object,
  signal: AbortSignal,
): AsyncGenerator<P> {
  for (let next: object | undefined = {}; next !== undefined; ) {
    const { data }: { data: P } = await api.get<P>(path, { params: { ...query, ...next }, signal });
    yield data;
    next = nextPage(data);
  }
}

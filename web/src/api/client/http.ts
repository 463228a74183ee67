/** The one file that knows axios. */
import axios, {
  AxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  isAxiosError,
} from 'axios';
import { FOREIGN_ANSWER } from '../../format/words/failure-words.ts';

/** Calls the console's API: `get`, `post`, `patch` and `delete`, each of which throws at statuses from 400 on. */
export type ApiClient = AxiosInstance;

export function newClient(defaults: CreateAxiosDefaults): ApiClient {
  const client = axios.create(defaults);
  client.interceptors.response.use(refuseForeign);
  return client;
}

/** The API answers no pages: one that says all is well comes from a proxy, or from a network that wants a sign-in first. */
function refuseForeign(answer: AxiosResponse): AxiosResponse {
  const type = String(answer.headers['content-type'] ?? '');
  if (!type.startsWith('text/html')) return answer;
  throw new AxiosError('Another than the API answered.', FOREIGN_ANSWER, answer.config, answer.request);
}

/** Calls what anybody may call. */
const publicClient = newClient({});

/** Reads what anybody may read. */
export async function readPublic<Answer>(
  path: string,
  options: { signal?: AbortSignal; timeout?: number } = {},
): Promise<Answer> {
  return (await publicClient.get<Answer>(path, options)).data;
}

/** Does what anybody may do who knows the path. */
export async function postPublic(path: string): Promise<void> {
  await publicClient.post(path);
}

/** Makes a call that failed once more, just as it was. */
export function repeatCall(client: ApiClient, error: unknown): Promise<unknown> {
  if (!isAxiosError(error) || error.config === undefined) throw error;
  return client.request(error.config);
}

/** A call that failed: its answer, where one came, and how it was asked. */
export interface FailedCall<Body = unknown> {
  answer: { status: number; body: Body } | undefined;
  method: string | undefined;
  url: string | undefined;
}

/**
 * Of an error that a call threw; undefined for any other.
 * @typeParam Body What the API answers failures with.
 */
export function failedCall<Body>(error: unknown): FailedCall<Body> | undefined {
  if (!isAxiosError<Body>(error)) return undefined;
  const { response, config } = error;
  return {
    answer: response && { status: response.status, body: response.data },
    method: config?.method,
    url: config?.url,
  };
}

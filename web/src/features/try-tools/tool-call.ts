import type { ToolError } from '@ibkr-gateway/functions/contract/failure';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api/client/api-client.ts';
import { failedCall } from '../../api/client/http.ts';
import { endpointOf, KEY_PLACEHOLDER } from '../../format/connect-snippets.ts';

/** One answer of a tool, and how long it took. */
export interface ToolAnswer {
  tool: string;
  args: Record<string, unknown>;
  /** The structured content of the answer: the result, or `{error}`. */
  content: unknown;
  error: ToolError | null;
  ms: number;
}

interface ToolCall {
  tool: string;
  args: Record<string, unknown>;
}

/** Runs read tools of one connection. A tool's own error is an answer; only a failed request is thrown. */
export function useToolCall(connectionId: string) {
  const api = useApi();
  return useMutation({
    mutationFn: async ({ tool, args }: ToolCall): Promise<ToolAnswer> => {
      const path = `/connections/${encodeURIComponent(connectionId)}/tools/${tool}`;
      const started = performance.now();
      const content = await api.post<{ result: unknown }>(path, args).then(
        ({ data }) => ({ content: data.result, error: null }),
        (failure: unknown) => {
          const error = toolErrorOf(failure);
          return { content: { error }, error };
        },
      );
      return { tool, args, ...content, ms: performance.now() - started };
    },
  });
}

/** @throws what was thrown, when it is not an answer of a tool, which comes with status 422. */
function toolErrorOf(failure: unknown): ToolError {
  const answer = failedCall<{ error: ToolError }>(failure)?.answer;
  if (answer?.status !== 422) throw failure;
  return answer.body.error;
}

/** The same call from a terminal, with an API key. */
export function curlOf({ tool, args }: ToolCall, origin: string): string {
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } };
  const body = JSON.stringify(call).replaceAll("'", String.raw`'\''`);
  const headers = `-H "Authorization: Bearer ${KEY_PLACEHOLDER}" -H "Content-Type: application/json"`;
  return `curl -sS ${endpointOf(origin)} ${headers} -d '${body}'`;
}

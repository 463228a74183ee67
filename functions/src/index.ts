/** The Cloud Functions, and nothing else. Each loads its part when it is first called. */
import { onRequest } from 'firebase-functions/https';
import { SECRETS } from './config.ts';

const REGION = 'us-central1';

/** The MCP endpoint, `/mcp`. */
export const mcp = onRequest(
  {
    region: REGION,
    invoker: 'public',
    timeoutSeconds: 60,
    memory: '512MiB',
    concurrency: 80,
    secrets: SECRETS,
  },
  async (incoming, outgoing) => {
    const { handleMcp } = await import('./mcp/handler.ts');
    const { sendResponse, webRequest } = await import('./http/node.ts');
    const { service } = await import('./service.ts');
    const request = webRequest(incoming, service().publicOrigin);
    const response = await handleMcp(service(), request, incoming.rawBody ?? new Uint8Array());
    await sendResponse(outgoing, response);
  },
);

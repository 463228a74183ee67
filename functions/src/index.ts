/** The Cloud Functions, and nothing else. Each loads its part when it is first called. */
import { onRequest } from 'firebase-functions/https';
import { SECRETS } from './config.ts';

const OPTIONS = {
  region: 'us-central1',
  invoker: 'public',
  timeoutSeconds: 60,
  memory: '512MiB',
  concurrency: 80,
  secrets: SECRETS,
} as const;

/** The MCP endpoint, `/mcp`. */
export const mcp = onRequest(OPTIONS, async (incoming, outgoing) => {
  const [{ serve }, { handleMcp }] = await Promise.all([
    import('./http/node.ts'),
    import('./mcp/handler.ts'),
  ]);
  await serve(incoming, outgoing, handleMcp);
});

/** What the console calls, `/api/*`. */
export const api = onRequest(OPTIONS, async (incoming, outgoing) => {
  const [{ serve }, { consoleApp }] = await Promise.all([
    import('./http/node.ts'),
    import('./console/app.ts'),
  ]);
  await serve(incoming, outgoing, consoleApp.fetch);
});

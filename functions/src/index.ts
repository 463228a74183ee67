/** The Cloud Functions, and nothing else. Each loads its part when it is first called. */
import { onRequest } from 'firebase-functions/https';

const REGION = 'us-central1';

/** The MCP endpoint, `/mcp`. */
export const mcp = onRequest(
  { region: REGION, invoker: 'public', timeoutSeconds: 60, memory: '512MiB', concurrency: 80 },
  async (incoming, outgoing) => {
    const { config } = await import('./config.ts');
    const { handleMcp } = await import('./mcp/handler.ts');
    const { sendResponse, webRequest } = await import('./http/node.ts');
    const { firestore } = await import('./store/firestore.ts');
    const settings = config();
    const request = webRequest(incoming, settings.publicOrigin);
    await sendResponse(
      outgoing,
      await handleMcp(settings, firestore(), request, incoming.rawBody ?? new Uint8Array()),
    );
  },
);

/** The Cloud Functions, and nothing else. Each loads its part when it is first called. */
import { onRequest } from 'firebase-functions/https';
import { onSchedule } from 'firebase-functions/scheduler';
import { onTaskDispatched } from 'firebase-functions/tasks';
import { SECRETS } from './config.ts';

const OPTIONS = {
  region: 'us-central1',
  timeoutSeconds: 60,
  memory: '512MiB',
  concurrency: 80,
  secrets: SECRETS,
} as const;
const PUBLIC = { ...OPTIONS, invoker: 'public' } as const;

/** The MCP endpoint, `/mcp`. */
export const mcp = onRequest(PUBLIC, async (incoming, outgoing) => {
  const [{ serve }, { handleMcp }] = await Promise.all([
    import('./http/node.ts'),
    import('./mcp/handler.ts'),
  ]);
  await serve(incoming, outgoing, handleMcp);
});

/** What the console calls, `/api/*`. */
export const api = onRequest(PUBLIC, async (incoming, outgoing) => {
  const [{ serve }, { consoleApp }] = await Promise.all([
    import('./http/node.ts'),
    import('./console/app.ts'),
  ]);
  await serve(incoming, outgoing, consoleApp.fetch);
});

/** Finds the IBKR sessions that are about to idle out. */
export const keepAliveSchedule = onSchedule({ ...OPTIONS, schedule: 'every 1 minutes' }, async () => {
  const [{ getFunctions }, { enqueueKeepAlives }, { service }] = await Promise.all([
    import('firebase-admin/functions'),
    import('./keepalive/schedule.ts'),
    import('./service.ts'),
  ]);
  const queue = getFunctions().taskQueue(`locations/${OPTIONS.region}/functions/keepAliveSession`);
  await enqueueKeepAlives(service(), new Date(), (task, scheduleDelaySeconds) =>
    queue.enqueue(task, { scheduleDelaySeconds }),
  );
});

/** Keeps one of them alive. A failed task is not repeated: the schedule comes round again. */
export const keepAliveSession = onTaskDispatched(
  { ...OPTIONS, retryConfig: { maxAttempts: 1 }, rateLimits: { maxConcurrentDispatches: 50 } },
  async ({ data }) => {
    const [{ keepAlive }, { service }] = await Promise.all([
      import('./keepalive/keep-alive.ts'),
      import('./service.ts'),
    ]);
    await keepAlive(service(), data.connectionId, new Date());
  },
);

/** The Cloud Functions, and nothing else. Each loads its part when it is first called. */
import { onRequest } from 'firebase-functions/https';
import { onUserDeleted } from 'firebase-functions/identity';
import { onSchedule } from 'firebase-functions/scheduler';
import { onTaskDispatched } from 'firebase-functions/tasks';
import { z } from 'zod';
import {
  FUNCTIONS_ACCOUNT,
  MAIL_SECRETS,
  OAUTH_SECRETS,
  REGION,
  SECRETS,
  SIGN_IN_ACCOUNT,
  SIGN_IN_CALLER,
  SIGN_IN_SECRETS,
  stopWithoutSettings,
  TAKES_EVENTS,
  UPKEEP_AT_ONCE,
  VPC_CONNECTOR,
} from './config.ts';
import { withJsonBody, withJsonEvent } from './http/requests/json-body.ts';
import { boundRequestBodies } from './http/requests/request-bodies.ts';
import { runWithoutDomains } from './http/runtime-domain.ts';
import type { NewsDeliveryTask, OwnNewsTask } from './jobs/news-delivery.ts';
import type { Enqueue, UpkeepTask } from './jobs/schedule.ts';
import { recordId } from './text/record-id.ts';

stopWithoutSettings();
boundRequestBodies({ ofEvents: TAKES_EVENTS });
if (!TAKES_EVENTS) runWithoutDomains();

const OPTIONS = {
  region: REGION,
  timeoutSeconds: 60,
  memory: '512MiB',
  concurrency: 80,
  secrets: SECRETS,
  ...(FUNCTIONS_ACCOUNT && { serviceAccount: FUNCTIONS_ACCOUNT }),
  ...(VPC_CONNECTOR && { vpcConnector: VPC_CONNECTOR, vpcConnectorEgressSettings: 'ALL_TRAFFIC' as const }),
} as const;
/** What a flood of calls can cost is bounded by the instances, each of which takes 80 at a time. */
const PUBLIC = { ...OPTIONS, invoker: 'public', maxInstances: 20 } as const;

/** Loads the parts of a function when they are first asked for: asking Node.js for them takes a hundredth of a call each time. */
function partsOf<Parts>(load: () => Promise<Parts>): () => Promise<Parts> {
  let parts: Promise<Parts> | undefined;
  return () => (parts ??= load());
}

const mcpParts = partsOf(() => Promise.all([import('./http/node.ts'), import('./mcp/handler.ts')]));

/** The MCP endpoint, `/mcp`. */
export const mcp = onRequest(PUBLIC, async (incoming, outgoing) => {
  const [{ serve }, { handleMcp }] = await mcpParts();
  await serve(incoming, outgoing, handleMcp);
});

/** What the console calls, `/api/*`. */
export const api = onRequest(
  { ...PUBLIC, secrets: [...SECRETS, ...MAIL_SECRETS] },
  async (incoming, outgoing) => {
    const [{ serve }, { handleConsole }] = await Promise.all([
      import('./http/node.ts'),
      import('./console/app.ts'),
    ]);
    await serve(incoming, outgoing, handleConsole);
  },
);

/**
 * The authorization server and its consent, `/oauth/*`, `/.well-known/*` and `/api/consent/*`. How much strangers can
 * have written down in a minute is what `oauth/rate-limits.ts` allows one instance, times the instances.
 */
export const oauth = onRequest(
  { ...PUBLIC, maxInstances: 10, secrets: [...SECRETS, ...OAUTH_SECRETS] },
  async (incoming, outgoing) => {
    const [{ serve }, { handleOauth }] = await Promise.all([
      import('./http/node.ts'),
      import('./oauth/app.ts'),
    ]);
    await serve(incoming, outgoing, handleOauth);
  },
);

/**
 * Signs in to IBKR for the other functions, which alone may call it: no other one is given the keys to passwords.
 * A sign-in may wait for the next code, and for IBKR.
 */
export const signIn = onRequest(
  {
    ...OPTIONS,
    timeoutSeconds: 120,
    maxInstances: 10,
    secrets: [...SECRETS, ...SIGN_IN_SECRETS],
    invoker: SIGN_IN_CALLER || 'private',
    ...(SIGN_IN_ACCOUNT && { serviceAccount: SIGN_IN_ACCOUNT }),
  },
  async (incoming, outgoing) => {
    const [{ serve }, { handleSignIn }] = await Promise.all([
      import('./http/node.ts'),
      import('./sign-in/handler.ts'),
    ]);
    await serve(incoming, outgoing, handleSignIn);
  },
);

/**
 * Once a minute: finds the IBKR sessions that are about to idle out, the orders that somebody has to look after, the news
 * that is to be sent, the keys and apps whose time has run out, and the accounts that are not deleted yet.
 */
export const upkeepSchedule = onSchedule({ ...OPTIONS, schedule: 'every 1 minutes' }, async () => {
  const [
    { openQueue },
    { continueDeletions },
    { enqueueKeepAlives },
    { enqueueDeliveries },
    { enqueueOrderUpkeep },
    { recordExpired },
    { service },
    { storageTime },
    { doAll },
  ] = await Promise.all([
    import('./task-queues.ts'),
    import('./http/users/account-deletion.ts'),
    import('./jobs/schedule.ts'),
    import('./jobs/news-delivery.ts'),
    import('./jobs/order-upkeep.ts'),
    import('./jobs/expired-credentials.ts'),
    import('./service.ts'),
    import('./store/database/storage-time.ts'),
    import('./jobs/do-all.ts'),
  ]);
  const into = <Task extends object>(name: string): Enqueue<Task> => {
    const queue = openQueue<Task>(name);
    return async (task, scheduleDelaySeconds) => (await queue).enqueue(task, { scheduleDelaySeconds });
  };
  const access = await service();
  const now = await storageTime(access.db);
  await doAll({
    orderUpkeep: () => enqueueOrderUpkeep(access, now, into('orderUpkeep')),
    sessionUpkeep: () => enqueueKeepAlives(access, now, into('sessionUpkeep')),
    news: () => enqueueDeliveries(access, now, into('newsDelivery')),
    expired: () => recordExpired(access, now),
    deletions: () => continueDeletions(access, now),
  });
});

/** A failed task is not repeated: the schedule comes round again. */
const TASKS = {
  ...OPTIONS,
  retryConfig: { maxAttempts: 1 },
  rateLimits: { maxConcurrentDispatches: UPKEEP_AT_ONCE },
  // Without it Firebase lets nobody call them, and the default account can only where it is an Editor.
  ...(FUNCTIONS_ACCOUNT && { invoker: FUNCTIONS_ACCOUNT }),
};

/** As Firebase Authentication has it. */
const userId = z.string().regex(/^[^/]{1,128}$/);

/** Twenty connections are in a task: an instance has a hundred in hand at most. */
const UPKEEP = { ...TASKS, concurrency: 5 };
const upkeepTask = z.object({ connectionIds: z.array(recordId) });

/** Keeps IBKR sessions alive. */
export const sessionUpkeep = withJsonBody(
  upkeepTask,
  onTaskDispatched<UpkeepTask>(UPKEEP, async ({ data }) => {
    const [{ keepAllAlive }, { service }, { tellingAtOnce }] = await Promise.all([
      import('./jobs/keep-alive.ts'),
      import('./service.ts'),
      import('./http/news-at-once.ts'),
    ]);
    const access = await service();
    await tellingAtOnce(access, () => keepAllAlive(access, data.connectionIds, new Date()));
  }),
);

/** Finds out what became of the orders of connections, and looks at the prices that apps have watched. */
export const orderUpkeep = withJsonBody(
  upkeepTask,
  onTaskDispatched<UpkeepTask>(UPKEEP, async ({ data }) => {
    const [{ keepAllOrders }, { watchPrices }, { service }, { tellingAtOnce }] = await Promise.all([
      import('./jobs/order-upkeep.ts'),
      import('./http/watched-prices.ts'),
      import('./service.ts'),
      import('./http/news-at-once.ts'),
    ]);
    const access = await service();
    await Promise.all([
      tellingAtOnce(access, () => keepAllOrders(access, data.connectionIds, new Date())),
      watchPrices(access, data.connectionIds),
    ]);
  }),
);

const DELIVERY = { ...TASKS, concurrency: 1, secrets: [...SECRETS, ...MAIL_SECRETS] };

/** Sends news through the channels of owners, a hundred to a task: an instance has four hundred requests under way at most. */
export const newsDelivery = withJsonBody(
  z.object({ channelIds: z.array(recordId) }),
  onTaskDispatched<NewsDeliveryTask>(DELIVERY, async ({ data }) => {
    const [{ deliverNews }, { service }] = await Promise.all([
      import('./jobs/news-delivery.ts'),
      import('./service.ts'),
    ]);
    await deliverNews(await service(), data.channelIds);
  }),
);

/** Sends the news of one owner as it comes, by a queue of its own: the schedule's tasks wait for none of these. */
export const ownNewsDelivery = withJsonBody(
  z.object({ ownerUid: userId }),
  onTaskDispatched<OwnNewsTask>(DELIVERY, async ({ data }) => {
    const [{ deliverNewsOf }, { service }] = await Promise.all([
      import('./jobs/news-delivery.ts'),
      import('./service.ts'),
    ]);
    await deliverNewsOf(await service(), data.ownerUid);
  }),
);

/** Somebody's sign-in was deleted, here or by the operator: all that is kept of them goes as well. */
export const accountDeleted = withJsonEvent(
  z.object({ oldValue: z.looseObject({ uid: userId }) }),
  onUserDeleted({ ...OPTIONS, retry: true }, async ({ data: { uid } }) => {
    const [{ continueDeletion }, { service }, { beginDeletion }] = await Promise.all([
      import('./http/users/account-deletion.ts'),
      import('./service.ts'),
      import('./store/account-deletions.ts'),
    ]);
    const access = await service();
    const now = new Date();
    await beginDeletion(access.db, uid, now);
    await continueDeletion(access, uid, now);
  }),
);

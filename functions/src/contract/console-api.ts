/** Every address of the console's API, `/api/*`, and what it answers. */
import { z } from 'zod';
import { apiKeyConflict, apiKeyList, changedApiKey, createdApiKey } from './access/api-key.ts';
import { appConflict, appList, changedApp } from './access/app.ts';
import { subscriptionList } from './access/subscription.ts';
import { dataPage, ownAccount } from './account.ts';
import { auditVerification, callList, recordList, usage } from './audit.ts';
import {
  addedConnection,
  changedConnection,
  connectionCheck,
  connectionConflict,
  connectionList,
  connectionTest,
  gatewayAddress,
  shownConnection,
  stopResult,
} from './connection.ts';
import { publicError } from './failure.ts';
import { glanceList } from './glance.ts';
import {
  changedChannel,
  channelConflict,
  channelList,
  channelTest,
  createdChannel,
  deliveryList,
  pushKey,
  replayedDelivery,
} from './news/channels.ts';
import { newsList } from './news/news.ts';
import { intentList, shownIntent } from './orders/intent.ts';
import { demoSignIn, health, publicConfig, reference, serviceStatus, signedInUser } from './site.ts';
import { cancelOutput } from './tool-outputs/orders.ts';

/** Of a tool that failed, with status 422. */
const toolFailure = z.strictObject({ error: publicError });

/** What a tool told, whichever it was: `tool-outputs/` has what each tells. */
const toolResult = z.strictObject({ result: z.record(z.string(), z.unknown()) });

/** Null: nothing, with status 204. What all of them fail with is a `failure`. */
export const CONSOLE_ANSWERS = {
  'GET /config': publicConfig,
  'GET /health': health,
  'GET /status': serviceStatus,
  'GET /reference': reference,
  'GET /me': signedInUser,
  'GET /demo-sign-in': demoSignIn,
  'GET /account': ownAccount,
  'GET /account/data': dataPage,
  'POST /account/deletion': null,
  'POST /connections/check': connectionCheck,
  'GET /glance': glanceList,
  'GET /connections': connectionList,
  'POST /connections': addedConnection,
  'GET /connections/:id': shownConnection,
  'GET /connections/:id/address': gatewayAddress,
  'PATCH /connections/:id': changedConnection,
  'DELETE /connections/:id': null,
  'POST /connections/:id/test': connectionTest,
  'POST /connections/:id/sign-in': connectionTest,
  'POST /connections/:id/panic': stopResult,
  'GET /connections/:id/subscriptions': subscriptionList,
  'GET /connections/:id/keys': apiKeyList,
  'POST /connections/:id/keys': createdApiKey,
  'PATCH /keys/:keyId': changedApiKey,
  'DELETE /keys/:keyId': null,
  'GET /apps': appList,
  'PATCH /apps/:grantId': changedApp,
  'DELETE /apps/:grantId': null,
  'POST /connections/:id/tools/:name': z.union([toolResult, toolFailure]),
  'GET /connections/:id/intents': intentList,
  'GET /intents': intentList,
  'GET /intents/:id': shownIntent,
  'POST /intents/:id': shownIntent,
  'POST /connections/:id/orders/:orderId/cancel': z.union([
    z.strictObject({ result: cancelOutput }),
    toolFailure,
  ]),
  'GET /news': newsList,
  'GET /push-key': pushKey,
  'GET /channels': channelList,
  'POST /channels': createdChannel,
  'PATCH /channels/:id': changedChannel,
  'DELETE /channels/:id': null,
  'POST /channels/:id/secret': createdChannel,
  'POST /channels/:id/confirmation': changedChannel,
  'POST /email/confirmation/:id/:token': null,
  'GET /email/stop/:id/:token': null,
  'POST /email/stop/:id/:token': null,
  'POST /channels/:id/test': channelTest,
  'GET /channels/:id/deliveries': deliveryList,
  'POST /deliveries/:id/replay': replayedDelivery,
  'GET /audit': callList,
  'GET /audit/records': recordList,
  'GET /audit/usage': usage,
  'GET /connections/:id/audit/verify': auditVerification,
} as const satisfies Record<string, z.ZodType | null>;

/** What changes that were made from an old version are refused with, status 409. */
export const CONFLICTS = {
  'PATCH /connections/:id': connectionConflict,
  'PATCH /keys/:keyId': apiKeyConflict,
  'PATCH /apps/:grantId': appConflict,
  'PATCH /channels/:id': channelConflict,
} as const satisfies Record<string, z.ZodType>;

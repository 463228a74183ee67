/** `POST /api/connections/:id/orders/:orderId/cancel` `{accountId?}`: an order cancelled by its owner. */

import { Hono } from 'hono';
import { cancellation } from '../../contract/orders/intent.ts';
import { cancelOrderTool } from '../../tools/orders/cancelling/cancel-order.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { jsonBody } from '../requests/request-body.ts';
import { runTool } from '../run-tool.ts';
import { ownConnection } from './connections.ts';

export const orderRoutes = new Hono<ConsoleEnv>().post(
  '/connections/:id/orders/:orderId/cancel',
  async (context) => {
    const connection = await ownConnection(context);
    const { accountId } = await jsonBody(context, cancellation);
    return runTool(context, connection, cancelOrderTool, {
      order_id: context.req.param('orderId'),
      ...(accountId !== undefined && { account_id: accountId }),
    });
  },
);

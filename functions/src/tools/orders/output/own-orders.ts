/** Which orders are the calling app's own, and what it calls them. */

import type { ToolContext } from '../../../connections/call-context.ts';
import { isSameApp, type OrderIntent } from '../../../trading/domain/intent.ts';

/** Whether the app that calls asked for the order, also before it signed in again. */
export function isOwn({ app }: Pick<ToolContext, 'app'>, intent: OrderIntent): boolean {
  return isSameApp(intent.app, app);
}

/** The name that the calling app gave an order; the owner in the console sees the names of all. */
export function ownName(context: Pick<ToolContext, 'app'>, intent: OrderIntent): string | null {
  return isOwn(context, intent) || context.app.source === 'console' ? intent.clientOrderId : null;
}

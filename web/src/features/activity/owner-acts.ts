/** What an owner does that is not a call of a tool: its name in the audit, and in words. */
import type { OwnerAct } from '@ibkr-gateway/functions/contract/audit';

export const OWNER_ACTS: Record<string, string> = {
  sign_in: 'You signed in',
  'connection.create': 'You added the connection',
  'connection.change': 'You changed the settings',
  'connection.delete': 'You deleted the connection',
  'connection.test': 'You tested the connection',
  'key.create': 'You made the key',
  'key.change': 'You changed the key',
  'key.revoke': 'You revoked the key',
  'app.allow': 'You connected the app',
  'app.deny': 'You refused the app',
  'app.change': 'You changed the rules of the app',
  'app.revoke': 'You revoked the app',
  'order.approve': 'You approved an order',
  'order.accept_warnings': 'You accepted the warnings about an order',
  'order.reject': 'You declined an order',
  panic: 'You stopped trading',
  resume: 'You resumed trading',
} satisfies Record<OwnerAct, string>;

/** What is done that is no call of a tool, by its name in the audit, in words. */
import type { OwnerAct, ScheduleAct } from '@ibkr-gateway/functions/contract/audit';

/** Of what an owner does: done, and tried in vain. */
interface ActWords {
  done: string;
  tried: string;
}

export const OWNER_ACTS: Record<string, ActWords> = {
  sign_in: { done: 'You signed in', tried: 'You tried to sign in' },
  'connection.create': { done: 'You added the connection', tried: 'You tried to add a connection' },
  'connection.change': { done: 'You changed the settings', tried: 'You tried to change the settings' },
  'connection.delete': { done: 'You deleted the connection', tried: 'You tried to delete the connection' },
  'connection.test': { done: 'You tested the connection', tried: 'You tested the connection' },
  'key.create': { done: 'You made the key', tried: 'You tried to make the key' },
  'key.change': { done: 'You changed the key', tried: 'You tried to change the key' },
  'key.revoke': { done: 'You revoked the key', tried: 'You tried to revoke the key' },
  'app.allow': { done: 'You connected the app', tried: 'You tried to connect the app' },
  'app.deny': { done: 'You refused the app', tried: 'You tried to refuse the app' },
  'app.change': {
    done: 'You changed the rules of the app',
    tried: 'You tried to change the rules of the app',
  },
  'app.revoke': { done: 'You revoked the app', tried: 'You tried to revoke the app' },
  'channel.create': { done: 'You added the channel', tried: 'You tried to add a channel' },
  'channel.change': { done: 'You changed the channel', tried: 'You tried to change the channel' },
  'channel.delete': { done: 'You removed the channel', tried: 'You tried to remove the channel' },
  'order.approve': { done: 'You approved an order', tried: 'You tried to approve an order' },
  'order.accept_warnings': {
    done: 'You accepted the warnings about an order',
    tried: 'You tried to accept the warnings about an order',
  },
  'order.reject': { done: 'You declined an order', tried: 'You tried to decline an order' },
  'order.decide': { done: 'You decided about an order', tried: 'You tried to decide about an order' },
  panic: { done: 'You stopped trading', tried: 'You tried to stop trading' },
  resume: { done: 'You resumed trading', tried: 'You tried to resume trading' },
  'account.delete': { done: 'You deleted your account', tried: 'You tried to delete your account' },
} satisfies Record<OwnerAct, ActWords>;

/** What the schedule does by itself. */
export const SCHEDULE_ACTS: Record<string, string> = {
  'stop.continue': 'Stop trading continued',
  'stop.reopen': 'Stop trading resumed: another order was found',
  'order.find': 'The status of an order changed',
  'session.open': 'The session at IBKR was reopened',
  'session.leave': 'The session at IBKR is no longer kept open',
  'key.expire': 'Expired: the key',
  'app.expire': 'Expired: the app',
  'channel.disable': 'A channel was turned off: it could not be reached',
} satisfies Record<ScheduleAct, string>;

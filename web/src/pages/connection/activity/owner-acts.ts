import type { Call } from '../../../api/audit.ts';

/** What an owner does that is not a call of a tool: its name in the audit, and in words. */
export const OWNER_ACTS: Record<string, string> = {
  'connection.create': 'You added the connection',
  'connection.change': 'You changed the settings',
  'connection.delete': 'You deleted the connection',
  'key.create': 'You made the key',
  'key.change': 'You changed the key',
  'key.revoke': 'You revoked the key',
  'app.allow': 'You connected the app',
  'app.change': 'You changed the rules of the app',
  'app.revoke': 'You revoked the app',
  'order.approve': 'You approved an order',
  'order.accept_warnings': 'You accepted the warnings about an order',
  'order.reject': 'You declined an order',
  panic: 'You stopped trading',
  resume: 'You resumed trading',
};

/** What a line of the activity is called: `get_quote`, `You revoked the key job`. */
export function callTitle({ tool, source, arguments: args }: Call): string {
  const act = source === 'console' ? OWNER_ACTS[tool] : undefined;
  if (act === undefined) return tool;
  const subject = /^(key|app)\./.test(tool) ? labelIn(args) : '';
  return `${act} ${subject}`.trim();
}

/** Arguments that were cut off are no JSON any more. */
function labelIn(json: string): string {
  try {
    const { label } = JSON.parse(json) as { label?: unknown };
    return typeof label === 'string' ? label : '';
  } catch {
    return '';
  }
}

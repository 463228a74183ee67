import type { Call } from '@ibkr-gateway/functions/contract/audit';
import type { IntentState } from '@ibkr-gateway/functions/contract/orders/order-states';
import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import { approvalChanges } from '../../format/words/approval-words.ts';
import { limitChanges } from '../../format/words/limit-words.ts';
import { STATE_WORDS } from '../../format/words/outcome-words.ts';
import { OWNER_ACTS, SCHEDULE_ACTS } from './owner-acts.ts';

type Arguments = Record<string, unknown>;

/** Whether it is something that the owner or the schedule did, rather than a call of a tool. */
export function isAct(call: Call): boolean {
  return actTitle(call) !== undefined;
}

/** Who calls a tool chooses its name: only who cannot is believed by it. */
function actTitle({ source, tool, outcome }: Call): string | undefined {
  if (source === 'schedule') return SCHEDULE_ACTS[tool];
  if (source !== 'console') return undefined;
  return outcome === 'error' ? OWNER_ACTS[tool]?.tried : OWNER_ACTS[tool]?.done;
}

/** What a line of the activity is called: `get_quote`, `You revoked the key job`, or that it was tried. */
export function callTitle(call: Call): string {
  const { tool } = call;
  const title = actTitle(call);
  if (title === undefined) return tool;
  const { label } = argumentsOf(call);
  const name = isChange(label) ? label.from : label;
  const subject = /^(key|app)\./.test(tool) && typeof name === 'string' ? ` ${name}` : '';
  return `${title}${subject}`;
}

/** What was asked for, and by whom: `BUY 10 NVDA LMT, limit price 170 · rebalancer, key job`. */
export function callDetail(call: Call): string {
  const args = argumentsOf(call);
  if (isAct(call)) return actWords(call.tool, args);
  return [askedWords(args), callerWords(call)].filter((words) => words !== '').join(' · ');
}

function callerWords({ source, credentialLabel, clientName }: Call): string {
  if (source === 'console') return 'you, in the console';
  if (source === 'schedule') return 'the gateway';
  return source === 'oauth' ? credentialLabel : `${clientName}, key ${credentialLabel}`;
}

/** Arguments that say what they are, in the order of a sentence. */
const SPEAKING = ['side', 'quantity', 'symbol', 'query', 'order_type'];
/** Numbers of accounts are hidden, and its own name for an order tells nobody else anything. */
const SILENT = ['account_id', 'client_order_id'];
const MOST_CHARACTERS = 80;

function askedWords(args: Arguments): string {
  const named = Object.entries(args).filter(([name]) => !SPEAKING.includes(name) && !SILENT.includes(name));
  const words = [
    SPEAKING.flatMap((name) => valueWords(args[name])).join(' '),
    ...named.flatMap(([name, value]) =>
      valueWords(value).map((words) => `${name.replaceAll('_', ' ')} ${words}`),
    ),
  ];
  return words
    .filter((part) => part !== '')
    .join(', ')
    .slice(0, MOST_CHARACTERS);
}

/** None for what is no plain value; opened, the line shows it. */
function valueWords(value: unknown): string[] {
  return ['string', 'number', 'boolean'].includes(typeof value) ? [String(value)] : [];
}

/** Of a decision, the order; of a change, what it was before and after: `Most per order: 5,000 instead of no limit`. */
function actWords(act: string, { order, last: _, ...changes }: Arguments): string {
  if (act === 'order.find') return `${order}: ${stateWords(changes.to)} (was: ${stateWords(changes.from)})`;
  if (act === 'stop.continue') return stopWords(changes);
  if (typeof order === 'string') return order;
  if (!act.endsWith('.change') && act !== 'resume') return '';
  return Object.entries(changes)
    .flatMap(([name, change]) => changeWords(name, change))
    .join(', ');
}

function stateWords(state: unknown): string {
  return STATE_WORDS[state as IntentState] ?? String(state);
}

function stopWords({ asked, isOver }: Arguments): string {
  const count = Array.isArray(asked) ? asked.length : 0;
  const words = count === 0 ? '' : `IBKR was asked to cancel ${count === 1 ? '1 order' : `${count} orders`}`;
  return [words, isOver === true ? 'no order is left' : ''].filter((part) => part !== '').join(', ');
}

interface Change {
  from: unknown;
  to: unknown;
}

function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

function changeWords(field: string, change: unknown): string[] {
  if (field === 'limits' && typeof change === 'object') {
    const limits = Object.entries(change ?? {}).filter(([, limit]) => isChange(limit));
    const side = (which: keyof Change) =>
      Object.fromEntries(
        limits.flatMap(([name, limit]) => (limit[which] === null ? [] : [[name, limit[which]]])),
      );
    const words = limitChanges(side('from'), side('to'));
    return words.length > 0 ? words : ['limits'];
  }
  if (field === 'approval' && isChange(change)) {
    return approvalChanges(
      change.from as ApprovalMode | null,
      change.to as ApprovalMode | null,
      'The usual rule',
    );
  }
  const name = field.replace(/Id$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (!isChange(change)) return field === 'label' ? [] : [name];
  const [from, to] = [plainWords(change.from), plainWords(change.to)];
  return [
    from === null || to === null ? name : `${field === 'label' ? 'name' : name}: ${to} instead of ${from}`,
  ];
}

/** Null for what says little to a person, such as ids of warnings. */
function plainWords(value: unknown): string | null {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? `“${value}”` : null;
}

/** What JSON escapes by number is not seen, or turns the direction of a line. */
const ESCAPES = /(?<!\\)((?:\\\\)*)\\u(?=[\da-fA-F]{4})/g;

/** Empty for arguments that were cut off, which are no JSON any more. */
function argumentsOf({ arguments: json }: Call): Arguments {
  try {
    // Shown as it stands there.
    const args: unknown = JSON.parse(json.replace(ESCAPES, String.raw`$1\\u`));
    return typeof args === 'object' && args !== null ? { ...args } : {};
  } catch {
    return {};
  }
}

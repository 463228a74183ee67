/** That an order is sent once, and by whom it may be. */
import { acting, isLimited, type Mutation, ordering, stepping } from './mutation.ts';

const LEDGER = 'functions/src/trading/domain/ledger.ts';
const TRANSITIONS = 'functions/src/trading/domain/transitions.ts';
const CLIENT = 'functions/src/broker/session/client.ts';

export const ADMISSION: readonly Mutation[] = [
  {
    name: 'an identical order is no repetition',
    file: LEDGER,
    from: 'return known?.intentId ?? null;',
    to: 'return known === undefined ? null : null;',
  },
  {
    name: 'a name belongs to nobody',
    file: 'functions/src/trading/domain/idempotency.ts',
    from: 'return named.find((intent) => !freesName(intent));',
    to: 'return named.find((intent) => freesName(intent) && !freesName(intent));',
    shows: ordering(({ isNamed }) => isNamed),
  },
  {
    name: 'what is not listed yet is not there',
    file: 'functions/src/trading/engine/reconcile.ts',
    from: "    if (report.state === 'not_placed' && mayStillArrive) return intent;\n",
    to: '',
    shows: stepping(({ faults }) => faults.some(({ kind }) => kind === 'delay')),
  },
  {
    name: 'a model says the yes of the owner',
    file: 'functions/src/tools/orders/confirm-order.ts',
    from: "if (!isWaiting(intent) || mode === 'owner')",
    to: 'if (!isWaiting(intent))',
    shows: ({ approval }) => approval === 'owner',
  },
  {
    name: 'every question is answered with yes',
    file: 'functions/src/trading/engine/send.ts',
    from: 'messageIds.every((id) => acceptedWarnings.includes(id))',
    to: 'messageIds.every((id) => acceptedWarnings.includes(id) || true)',
    shows: ({ acceptedWarnings }) => acceptedWarnings.length === 0,
  },
  {
    name: 'a revoked key goes on',
    file: 'functions/src/store/credentials/credentials.ts',
    from: 'return revokedAt !== null || (expiresAt !== null && expiresAt <= now);',
    to: 'return expiresAt !== null && expiresAt <= now;',
    shows: acting('revoke'),
  },
  {
    name: 'what IBKR answers with 5xx is sent once more',
    file: CLIENT,
    from: '    const response = await this.#connection\n      .send(request, this.#budget, leaving, leaveMs)\n      .finally(() => this.#connection.noteChange());\n',
    to: '    let response = await this.#connection.send(request, this.#budget, leaving, leaveMs);\n    if (response.status >= 500) response = await this.#connection.send(request, this.#budget, leaving, leaveMs);\n',
    shows: stepping(({ faults }) => faults.some(({ status }) => status === 500 || status === 503)),
  },
  {
    name: 'an identical order at the same instant is no repetition',
    file: TRANSITIONS,
    from: 'if (recent !== null && recent !== over && !isMeant) {',
    to: 'if (recent !== null && recent !== over && !isMeant && recent === draft.id) {',
    shows: stepping(({ isHasty }) => isHasty),
  },
  {
    name: 'an identical order is forgotten when it is over',
    file: 'functions/src/trading/domain/reports.ts',
    from: 'return rememberDuplicateUntil(ledger, intent.id, new Date(sentAt.getTime() + DUPLICATE_MS));',
    to: 'return rememberDuplicateUntil(ledger, intent.id, new Date(0));',
    shows: ordering(({ isNamed }) => !isNamed),
  },
  {
    name: 'a name is that of all apps',
    file: 'functions/src/trading/domain/intent.ts',
    from: 'return one.id === other.id || appIdentity(one) === appIdentity(other);',
    to: 'return one.id === other.id || one.id !== other.id || appIdentity(one) === appIdentity(other);',
    shows: ({ orders }) => orders.some(({ key }) => key === 0) && orders.some(({ key }) => key === 1),
  },
  {
    name: 'a key that may only read writes',
    file: 'functions/src/mcp/tool-calls.ts',
    from: "return granted === 'write' || needed === 'read';",
    to: "return granted === 'write' || needed === 'read' || granted === 'read';",
    shows: acting('place with a reading key'),
  },
  {
    name: 'trading that is off goes on',
    file: 'functions/src/trading/domain/risk/limit-checks.ts',
    from: 'if (trading === false) throwLimitExceeded(',
    to: 'if (trading === undefined && trading !== undefined) throwLimitExceeded(',
    shows: acting('trading off'),
  },
  {
    name: 'limits are not looked at again at a yes',
    file: TRANSITIONS,
    from: 'const sent = startSending(state, approved, judged, now,',
    to: 'const sent = startSending(state, approved, { ...judged, limits: { connection: {}, app: {} } }, now,',
    shows: (script) =>
      script.approval !== 'none' && isLimited('maxDailyOrders', 'maxDailyValue', 'shortSelling')(script),
  },
];

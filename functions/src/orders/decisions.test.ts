import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import type { OrderIntent, Register } from '../store/order-intents.ts';
import { admit, decline, isFinal, release, settle, startReply, totalsToday } from './decisions.ts';
import type { ApprovalMode } from './trading-rules.ts';

const START = new Date('2026-11-20T15:00:00Z');
const MOST_ORDERS = 5;
const LIMITS = {
  connection: { maxDailyOrders: MOST_ORDERS, maxDailyValue: 700 },
  app: { maxDailyOrders: 4 },
};
const EMPTY: Register = { day: '', total: { orders: 0, value: 0 }, apps: {}, open: {}, recent: {} };

function draft(id: string, hash: string, mode: ApprovalMode, app: string, now: Date): OrderIntent {
  return {
    id,
    connectionId: 'c',
    ownerUid: 'u',
    app: { id: app, name: app, source: 'api_key' },
    clientOrderId: null,
    cOID: `ig-${id}`,
    order: hash,
    orderHash: hash,
    preview: null,
    conid: hash.length,
    value: 100,
    countedOn: null,
    state: 'awaiting_approval',
    approval: { mode, expiresAt: null, by: null, at: null },
    question: null,
    acceptedWarnings: [],
    ibkrOrderId: null,
    ibkrStatus: null,
    filledQuantity: null,
    averagePrice: null,
    reason: null,
    createdAt: now,
    sentAt: null,
    reconciledAt: null,
    updatedAt: now,
    history: [],
  };
}

const step = fc.record({
  act: fc.constantFrom('admit', 'release', 'decline', 'reply', 'settle'),
  which: fc.nat(5),
  order: fc.constantFrom('a', 'bb', 'ccc'),
  app: fc.constantFrom('one', 'two'),
  mode: fc.constantFrom<ApprovalMode>('none', 'model', 'owner'),
  meant: fc.boolean(),
  wrongHash: fc.boolean(),
  fate: fc.constantFrom('needs_reply', 'working', 'filled', 'cancelled', 'rejected', 'unknown', 'not_placed'),
  seconds: fc.nat(400),
});

it('keeps every promise, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let register = EMPTY;
      const intents = new Map<string, OrderIntent>();
      const handedOut = new Map<string, number>();
      let now = START;
      const handOut = (intent: OrderIntent) => {
        expect(intent.state).toBe('sending');
        handedOut.set(intent.id, (handedOut.get(intent.id) ?? 0) + 1);
      };

      for (const { act, which, order, app, mode, meant, wrongHash, fate, seconds } of steps) {
        now = new Date(now.getTime() + seconds * 1000);
        const id = act === 'admit' ? `i${intents.size}` : `i${which}`;
        const before = intents.get(id) ?? null;
        if (act !== 'admit' && before === null) continue;
        const state = { register, intent: before, stopped: false };
        try {
          switch (act) {
            case 'admit': {
              const decided = admit(
                state,
                draft(id, order, mode, app, now),
                LIMITS,
                `${app} ${order}`,
                meant,
              );
              register = decided.register;
              if (decided.intent !== null) intents.set(id, decided.intent);
              if (decided.result.kind === 'send') {
                expect(mode).toBe('none');
                handOut(decided.result.intent);
              }
              break;
            }
            case 'release': {
              const hash = wrongHash ? 'other' : (before?.orderHash ?? '');
              const decided = release(state, hash, 'somebody', LIMITS, now);
              expect(wrongHash).toBe(false);
              register = decided.register;
              intents.set(id, decided.result);
              handOut(decided.result);
              break;
            }
            case 'decline': {
              const decided = decline(state, 'somebody', now);
              register = decided.register;
              intents.set(id, decided.result);
              break;
            }
            case 'reply': {
              const decided = startReply(state, 'somebody', LIMITS, now);
              expect(before?.state).toBe('needs_reply');
              register = decided.register;
              intents.set(id, decided.result.intent);
              break;
            }
            case 'settle': {
              if (before?.state === 'awaiting_approval') break;
              const question = { replyId: 'r', warnings: [{ id: 'o163', text: 'far' }] };
              const decided = settle(
                state,
                { state: fate, note: 'told', ...(fate === 'needs_reply' ? { question } : {}) } as Parameters<
                  typeof settle
                >[1],
                now,
              );
              register = decided.register;
              intents.set(id, decided.result);
              if (before !== null && isFinal(before.state)) expect(decided.result).toBe(before);
              break;
            }
          }
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
        }

        // Sent once for each yes, and without a yes only where none is asked for.
        for (const [sent, times] of handedOut) {
          expect(times).toBe(1);
          const intent = intents.get(sent);
          if (intent?.approval.mode !== 'none') expect(intent?.approval.by).toBe('somebody');
        }
        // What counts today is what was sent today and not given back.
        const { all } = totalsToday(register, 'one', now);
        const counted = [...intents.values()].filter(
          ({ countedOn }) => countedOn !== null && countedOn === register.day,
        );
        if (all.orders > 0) expect(all.orders).toBe(counted.length);
        expect(all.orders).toBeGreaterThanOrEqual(0);
        expect(all.orders).toBeLessThanOrEqual(MOST_ORDERS);
        expect(all.value).toBeLessThanOrEqual(700);
        // The register knows exactly the fates that are open.
        const open = [...intents.values()].filter(({ state: at }) => at === 'sending' || at === 'unknown');
        expect(Object.keys(register.open).sort()).toEqual(open.map((intent) => intent.id).sort());
      }
    }),
    { numRuns: 1_000 },
  );
});

it('gives no yes any effect after the owner stopped trading', () => {
  const stopped = { connection: { trading: false }, app: {} };
  const { register, intent } = admit(
    { register: EMPTY, intent: null, stopped: false },
    draft('i', 'a', 'owner', 'one', START),
    LIMITS,
    'one a',
    false,
  );
  const state = { register, intent, stopped: false };
  expect(() => release(state, 'a', 'owner', stopped, START)).toThrow('trading');
  expect(() => release({ ...state, stopped: true }, 'a', 'owner', LIMITS, START)).toThrow('trading');
  const sent = release(state, 'a', 'owner', LIMITS, START);
  const asked = settle(
    { register: sent.register, intent: sent.intent, stopped: false },
    { state: 'needs_reply', note: 'asked', question: { replyId: 'r', warnings: [] } },
    START,
  );
  expect(() => startReply({ ...asked, stopped: false }, 'owner', stopped, START)).toThrow('trading');
  expect(() => startReply({ ...asked, stopped: true }, 'owner', LIMITS, START)).toThrow('trading');
});

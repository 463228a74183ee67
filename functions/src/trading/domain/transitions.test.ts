import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ApprovalMode } from '../../contract/rules/approval.ts';
import { GatewayError } from '../../errors.ts';
import { riskInputsOf } from '../../testing/orders/risk-inputs.ts';
import { newIntent, type OrderIntent } from './intent.ts';
import { isFinal } from './intent-states.ts';
import { aheadOf, totalsToday } from './ledger.ts';
import { centsOf } from './money.ts';
import { applyReport, noteFill, type OrderReport } from './reports.ts';
import type { ConnectionRules } from './risk/rules.ts';
import { EMPTY_LEDGER } from './trading-state.ts';
import { admit, decline, ordersAhead, release, startReply } from './transitions.ts';

const NOTHING = { ledger: EMPTY_LEDGER, intent: null, stopped: false };
const START = new Date('2026-11-20T15:00:00Z');
const MOST_ORDERS = 5;
const JUDGED = {
  inputs: [riskInputsOf({ notional: 100 })],
  limits: {
    connection: { maxDailyOrders: MOST_ORDERS, maxDailyValue: 700 },
    app: { maxDailyOrders: 4 },
  },
};

function draft(id: string, hash: string, mode: ApprovalMode, app: string, now: Date): OrderIntent {
  return newIntent({
    id,
    connectionId: 'c',
    ownerUid: 'u',
    app: { id: app, label: app, name: app, source: 'api_key' },
    clientOrderId: null,
    order: JSON.stringify({ hash }),
    orderHash: hash,
    guardKeys: [`${app} ${hash}`],
    preview: null,
    conid: hash.length,
    mode,
    now,
  });
}

const step = fc.record({
  act: fc.constantFrom('admit', 'release', 'decline', 'reply', 'settle'),
  which: fc.nat(5),
  order: fc.constantFrom('a', 'bb', 'ccc'),
  app: fc.constantFrom('one', 'two'),
  mode: fc.constantFrom<ApprovalMode>('none', 'model', 'owner'),
  meant: fc.boolean(),
  wrongHash: fc.boolean(),
  isAbsent: fc.boolean(),
  outcome: fc.constantFrom(
    'needs_reply',
    'working',
    'filled',
    'cancelled',
    'rejected',
    'unknown',
    'not_placed',
  ),
  seconds: fc.nat(400),
});

/** An order that may be sent, the first of its connection. */
function admitted() {
  const state = { ledger: EMPTY_LEDGER, intent: null, stopped: false };
  return admit(state, draft('i', 'a', 'none', 'one', START), JUDGED, false);
}

it('keeps every promise, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      let ledger = EMPTY_LEDGER;
      const intents = new Map<string, OrderIntent>();
      const handedOut = new Map<string, number>();
      let now = START;
      let turnedUp = 0;
      const handOut = (intent: OrderIntent) => {
        expect(intent.state).toBe('sending');
        handedOut.set(intent.id, (handedOut.get(intent.id) ?? 0) + 1);
      };

      for (const {
        act,
        which,
        order,
        app,
        mode,
        meant,
        wrongHash,
        isAbsent,
        outcome: report,
        seconds,
      } of steps) {
        now = new Date(now.getTime() + seconds * 1000);
        const id = act === 'admit' ? `i${intents.size}` : `i${which}`;
        const before = intents.get(id) ?? null;
        if (act !== 'admit' && before === null) continue;
        const state = { ledger, intent: before, stopped: false };
        try {
          switch (act) {
            case 'admit': {
              const decided = admit(state, draft(id, order, mode, app, now), JUDGED, meant);
              ledger = decided.ledger;
              if (decided.intent !== null) intents.set(id, decided.intent);
              if (decided.result.kind === 'send') {
                expect(mode).toBe('none');
                handOut(decided.result.intent);
              }
              break;
            }
            case 'release': {
              const hash = wrongHash ? 'other' : (before?.orderHash ?? '');
              const decided = release(state, hash, 'somebody', JUDGED, now);
              expect(wrongHash).toBe(false);
              ledger = decided.ledger;
              intents.set(id, decided.result);
              handOut(decided.result);
              break;
            }
            case 'decline': {
              const decided = decline(state, 'somebody', now);
              expect(['awaiting_approval', 'needs_reply']).toContain(before?.state);
              ledger = decided.ledger;
              intents.set(id, decided.result);
              break;
            }
            case 'reply': {
              const decided = startReply(state, wrongHash ? 'other' : 'r', 'somebody', JUDGED, now);
              expect(before?.state).toBe('needs_reply');
              expect(wrongHash).toBe(false);
              ledger = decided.ledger;
              intents.set(id, decided.result);
              break;
            }
            case 'settle': {
              if (before?.state === 'awaiting_approval') break;
              const question = { replyId: 'r', warnings: [{ id: 'o163', text: 'far' }] };
              const told: OrderReport = {
                state: report,
                note: 'told',
                isAbsent: isAbsent && report === 'not_placed',
                ...(report === 'needs_reply' && { question }),
              };
              const decided = applyReport(state, told, now);
              ledger = decided.ledger;
              intents.set(id, decided.result);
              const isOver = before !== null && isFinal(before.state) && before.absentSince === null;
              if (isOver) expect(decided.result).toBe(before);
              if (before?.absentSince && decided.result.countedOn !== null) turnedUp += 1;
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
        const { all } = totalsToday(ledger, { id: 'one' }, now);
        const counted = [...intents.values()].filter(
          ({ countedOn }) => countedOn !== null && countedOn === ledger.day,
        );
        if (all.orders > 0) expect(all.orders).toBe(counted.length);
        expect(all.orders).toBeGreaterThanOrEqual(0);
        expect(all.orders).toBeLessThanOrEqual(MOST_ORDERS + turnedUp);
        expect(all.value).toBeLessThanOrEqual(centsOf(700 + 100 * turnedUp));
        // The register knows exactly the outcomes that are open.
        const open = [...intents.values()].filter(({ state: at }) => at === 'sending' || at === 'unknown');
        expect(Object.keys(ledger.open).sort()).toEqual(open.map((intent) => intent.id).sort());
        // One order at a time has its turn to be sent, the one that waited longest.
        const sending = open.filter(({ state: at }) => at === 'sending');
        const inTurn = sending.filter((intent) => aheadOf(ledger, intent.id, START) === 0);
        expect(inTurn).toHaveLength(Math.min(1, sending.length));
        // What certainly does not exist holds no other order back.
        const gone = [...intents.values()].filter(
          ({ state: at }) => at === 'not_placed' || at === 'rejected',
        );
        const held = Object.values(ledger.recent).map(({ intentId }) => intentId);
        expect(gone.filter((intent) => held.includes(intent.id))).toEqual([]);
        // Whatever is not over comes up again by itself.
        for (const intent of intents.values()) {
          if (!isFinal(intent.state)) expect(intent.nextLookAt).not.toBeNull();
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('lets the next order go out when the process that had its turn must have ended', () => {
  const asked = (id: string, ledger = EMPTY_LEDGER) =>
    admit({ ledger, intent: null, stopped: false }, draft(id, id, 'none', 'one', START), JUDGED, false);
  const { ledger } = asked('second', asked('first').ledger);
  const after = (seconds: number) => aheadOf(ledger, 'second', new Date(START.getTime() + seconds * 1000));
  expect(aheadOf(ledger, 'first', START)).toBe(0);
  expect([after(1), after(24), after(26)]).toEqual([1, 1, 0]);
});

it('notes once when IBKR filled an order, and asks for a week', () => {
  const sent = admitted();
  const after = (days: number) => new Date(START.getTime() + days * 86_400_000);
  const filled = applyReport({ ...sent }, { state: 'filled', note: 'filled' }, START);
  const untold = noteFill({ ...filled }, null, after(1));
  expect(untold.result.nextLookAt?.getTime()).toBeGreaterThan(after(1).getTime());
  expect(noteFill({ ...filled }, null, after(8)).result.nextLookAt).toBeNull();
  const told = noteFill({ ...untold }, START, after(1));
  expect(told.result).toMatchObject({ filledAt: START, nextLookAt: null });
  expect(noteFill({ ...told }, after(2), after(2)).result).toBe(told.result);
});

it('looks for an absent order four times, later and later', () => {
  const sent = admitted();
  const absent: OrderReport = { state: 'not_placed', note: 'absent', isAbsent: true };
  const looks: number[] = [];
  let now = START;
  for (let state = applyReport({ ...sent }, absent, now); ; ) {
    const { nextLookAt, history } = state.result;
    expect(history).toHaveLength(2);
    if (nextLookAt === null) break;
    looks.push((nextLookAt.getTime() - START.getTime()) / 60_000);
    now = nextLookAt;
    state = applyReport({ ...state }, absent, now);
  }
  expect(looks).toEqual([1, 5, 30, 360]);
});

it('sends nothing on a contract while what became of another order on it is not known', () => {
  const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);
  const first = admit(NOTHING, draft('i', 'a', 'none', 'one', START), JUDGED, false);
  const waits = admit(
    { ...NOTHING, ledger: first.ledger },
    draft('j', 'b', 'owner', 'one', START),
    JUDGED,
    false,
  );
  const yes = (ledger = waits.ledger, now = later(1)) =>
    release({ ledger, intent: waits.intent, stopped: false }, 'b', 'owner', JUDGED, now).result.state;
  expect(yes()).toBe('sending');
  expect(() => yes(waits.ledger, later(26))).toThrow('earlier order');
  const lost = applyReport(
    { ledger: waits.ledger, intent: first.intent },
    { state: 'unknown', note: 'lost' },
    later(1),
  );
  expect(() => yes(lost.ledger)).toThrow('earlier order');
  const asked = admit(
    { ...NOTHING, ledger: lost.ledger },
    draft('k', 'c', 'none', 'one', later(1)),
    JUDGED,
    false,
  );
  expect(asked.result).toEqual({ kind: 'blocked', intentId: 'i' });
});

it('sends nothing after another order on the contract whose process did not say what became of it', () => {
  const first = admit(NOTHING, draft('i', 'a', 'none', 'one', START), JUDGED, false);
  const state = { ...NOTHING, ledger: first.ledger };
  const second = admit(state, draft('j', 'b', 'none', 'one', START), JUDGED, false);
  const elsewhere = { id: 'j', conid: 99 };
  const ahead = (intent: { id: string; conid: number }, seconds: number) =>
    ordersAhead(
      { ledger: second.ledger, stopped: false },
      intent,
      new Date(START.getTime() + seconds * 1000),
    );
  expect(ahead({ id: 'j', conid: 1 }, 24.999)).toBe(1);
  expect(() => ahead({ id: 'j', conid: 1 }, 25)).toThrow('earlier order');
  expect(ahead(elsewhere, 25)).toBe(0);
});

it('gives no yes any effect after the owner stopped trading', () => {
  const stopped = { ...JUDGED, limits: { connection: { trading: false }, app: {} } };
  const { ledger, intent } = admit(
    { ledger: EMPTY_LEDGER, intent: null, stopped: false },
    draft('i', 'a', 'owner', 'one', START),
    JUDGED,
    false,
  );
  const state = { ledger, intent, stopped: false };
  expect(() => release(state, 'a', 'owner', stopped, START)).toThrow('“Trading”');
  expect(() => release({ ...state, stopped: true }, 'a', 'owner', JUDGED, START)).toThrow('“Trading”');
  const sent = release(state, 'a', 'owner', JUDGED, START);
  const asked = applyReport(
    { ledger: sent.ledger, intent: sent.intent },
    { state: 'needs_reply', note: 'asked', question: { replyId: 'r', warnings: [] } },
    START,
  );
  expect(() => startReply({ ...asked, stopped: false }, 'r', 'owner', stopped, START)).toThrow('“Trading”');
  expect(() => startReply({ ...asked, stopped: true }, 'r', 'owner', JUDGED, START)).toThrow('“Trading”');
});

it('lets nothing go by rules that the owner has changed since', () => {
  const rules: ConnectionRules = { limits: { maxOrderValue: 500 }, approval: null };
  const judged = { ...JUDGED, rules };
  const changed = [{ limits: { maxOrderValue: 400 } }, { limits: {} }, { approval: 'owner' as const }];
  const now = { stopped: false, rules: structuredClone(rules) };
  const across = (decide: (state: typeof now, by: typeof judged) => unknown) => {
    for (const change of changed) {
      expect(() => decide({ ...now, rules: { ...rules, ...change } }, judged)).toThrow('changed');
    }
    // Who has not read them does not say that it has judged by them.
    decide(now, JUDGED as typeof judged);
    return decide(now, judged);
  };
  const waiting = draft('i', 'a', 'owner', 'one', START);
  for (const asked of [draft('i', 'a', 'none', 'one', START), waiting]) {
    across((state, by) => admit({ ...NOTHING, ...state }, asked, by, false));
  }
  const admitted = admit(NOTHING, waiting, JUDGED, false);
  across((state, by) => release({ ...admitted, ...state }, 'a', 'owner', by, START));
  const sent = release({ ...admitted, stopped: false }, 'a', 'owner', JUDGED, START);
  const question = { replyId: 'r', warnings: [] };
  const asked = applyReport(sent, { state: 'needs_reply', note: 'asked', question }, START);
  across((state, by) => startReply({ ...asked, ...state }, 'r', 'owner', by, START));
});

it.each([-90_000, 90_000])(
  'lets nothing go by a clock that is %d ms off, nor ends anything by it',
  (clockAheadMs) => {
    const off = { ...NOTHING, clockAheadMs };
    expect(() => admit(off, draft('i', 'a', 'none', 'one', START), JUDGED, false)).toThrow('clock');
    const waiting = admit(NOTHING, draft('i', 'a', 'owner', 'one', START), JUDGED, false);
    expect(() =>
      release({ ...waiting, ...{ stopped: false, clockAheadMs } }, 'a', 'owner', JUDGED, START),
    ).toThrow('clock');
    const sent = admit(NOTHING, draft('i', 'a', 'none', 'one', START), JUDGED, false);
    const state = { ledger: sent.ledger, intent: sent.intent, stopped: false, clockAheadMs };
    const absent: OrderReport = { state: 'not_placed', note: 'absent', isAbsent: true, byTheClock: true };
    expect(applyReport(state, absent, START).result.state).toBe('sending');
    expect(applyReport({ ...state, clockAheadMs: 0 }, absent, START).result.state).toBe('not_placed');
    // What IBKR says is so whatever the time is.
    expect(applyReport(state, { state: 'working', note: 'there' }, START).result.state).toBe('working');
  },
);

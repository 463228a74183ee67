import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  begin,
  type Decision,
  end,
  NO_ATTEMPTS,
  type Outcome,
  resume,
  SIGN_IN_MS,
  send,
  stopOf,
  taken,
  type UserAttempts,
} from './attempts.ts';

/** On a Tuesday when it is night nowhere that IBKR serves from: it maintains nothing. */
const NOON = Date.parse('2026-06-02T14:00:00Z');
const turn = (connection: string, name = 'me', isIbkr = true, owner = 'owner') => ({
  connection,
  owner,
  name,
  isIbkr,
});

function known(decision: Decision) {
  if (!decision.allowed) throw new Error(`not allowed: ${decision.because}`);
  return decision.known;
}

test('a sign-in that went through leaves nothing behind', () => {
  let state = known(begin(NO_ATTEMPTS, turn('c'), NOON));
  state = known(send(state, turn('c', 'me'), { passwords: 1 }, NOON));
  state = taken(state, 'c', 'passwords');
  state = known(send(state, turn('c', 'me'), { codes: 1, codeWindow: 7 }, NOON));
  state = end(taken(state, 'c', 'codes'), turn('c'), 'signed_in', NOON);
  expect(state).toMatchObject({ holder: null, untaken: [], codeWindow: 7 });
  expect(begin(state, turn('c'), NOON).allowed).toBe(true);
});

test('sign-ins that fail on the way wait one minute, an hour and six hours, and are no refusals', () => {
  let [state, now] = [NO_ATTEMPTS, NOON];
  for (const wait of [60_000, 3_600_000, 6 * 3_600_000, 6 * 3_600_000]) {
    state = end(known(begin(state, turn('c', 'me', false), now)), turn('c'), 'failed', now);
    expect(begin(state, turn('c', 'me', false), now + wait - 1)).toMatchObject({ because: 'back_off' });
    now += wait;
  }
  expect(stopOf(state, 'c')).toBeNull();
});

test.each([
  ['2026-06-02T04:10:00Z', 'the reset of the night in New York'],
  ['2026-06-02T05:40:00Z', 'the end of that night'],
  ['2026-03-10T06:30:00Z', 'the morning of Zurich, where summer begins later'],
  ['2026-06-06T03:30:00Z', 'Friday evening in New York'],
  ['2026-06-06T06:59:00Z', 'and the hours after it'],
])('%s: nobody is signed in during %s', (time) => {
  const now = Date.parse(time);
  const decision = begin(NO_ATTEMPTS, turn('c'), now);
  if (decision.allowed || !('until' in decision)) throw new Error('allowed');
  expect(decision.because).toBe('maintenance');
  expect(begin(NO_ATTEMPTS, turn('c'), decision.until).allowed).toBe(true);
  expect(begin(NO_ATTEMPTS, turn('c', 'me', false), now).allowed).toBe(true);
});

test.each([
  ['2026-06-02T05:46:00Z', 'when the night in New York is over'],
  ['2026-06-02T15:05:00Z', 'at midnight in Hong Kong, which is the morning of New York'],
  ['2026-06-02T20:50:00Z', 'in the night of Hong Kong, which is the afternoon of New York'],
  ['2026-06-02T22:05:00Z', 'at midnight in Zurich'],
])('%s: people are signed in %s', (time) => {
  expect(begin(NO_ATTEMPTS, turn('c'), Date.parse(time)).allowed).toBe(true);
});

test('connections of one user name take turns', () => {
  const held = known(begin(NO_ATTEMPTS, turn('a', 'first'), NOON));
  expect(begin(held, turn('b', 'second'), NOON)).toMatchObject({ because: 'busy' });
});

/** A sign-in of which IBKR refuses the password; the state is as it was where none may be made. */
function refusedFor(state: UserAttempts, who: ReturnType<typeof turn>, now: number): UserAttempts {
  const begun = begin(state, who, now);
  if (!begun.allowed) return state;
  const sent = send(begun.known, who, { passwords: 1 }, now);
  if (!sent.allowed) return state;
  return end(sent.known, who, 'wrong_password', now);
}

function signedIn(state: UserAttempts, who: ReturnType<typeof turn>, now: number): UserAttempts {
  const sent = known(send(known(begin(state, who, now)), who, { passwords: 1 }, now));
  return end(taken(sent, who.connection, 'passwords'), who, 'signed_in', now);
}

test('one stranger who knows a name stalls nobody, and many stall those only who are new', () => {
  const of = (owner: string, connection = owner) => turn(connection, 'me', false, owner);
  let state = signedIn(NO_ATTEMPTS, of('user'), NOON);
  for (let tries = 0; tries < 5; tries += 1) {
    state = refusedFor(resume(state, 'first'), of('stranger', 'first'), NOON);
    state = refusedFor(resume(state, 'second'), of('stranger', 'second'), NOON);
  }
  expect(state.untaken).toHaveLength(3);
  expect(begin(resume(state, 'first'), of('stranger', 'first'), NOON)).toMatchObject({
    because: 'many_failures',
  });
  expect(begin(state, of('newcomer'), NOON).allowed).toBe(true);
  state = refusedFor(state, of('another'), NOON);
  expect(begin(state, of('newcomer'), NOON)).toMatchObject({
    because: 'many_failures',
    until: NOON + 86_400_000,
  });
  expect(begin(state, of('newcomer'), NOON + 86_400_000).allowed).toBe(true);
  expect(begin(state, of('user'), NOON).allowed).toBe(true);
});

test('whoever tries, and however often their owners let them: IBKR counts eight in a day, and a user’s own half is theirs', () => {
  const act = fc.record({
    owner: fc.constantFrom('user', 'stranger', 'other', 'third'),
    connection: fc.nat({ max: 2 }),
    waitMs: fc.constantFrom(0, 60_000, 3_600_000, 12 * 3_600_000),
    isRight: fc.boolean(),
  });
  let [refused, fullest] = [0, 0];
  fc.assert(
    fc.property(fc.array(act, { minLength: 20, maxLength: 80 }), (acts) => {
      const user = turn('user 0', 'me', false, 'user');
      let [state, now] = [signedIn(NO_ATTEMPTS, user, NOON), NOON];
      const inVain: { at: number; isUsers: boolean }[] = [];
      for (const { owner, connection, waitMs, isRight } of acts) {
        now += waitMs;
        const who = turn(`${owner} ${owner === 'user' ? 0 : connection}`, 'me', false, owner);
        state = resume(state, who.connection);
        const own = inVain.filter(({ at, isUsers }) => isUsers && at > now - 86_400_000).length;
        const begun = begin(state, who, now);
        if (owner === 'user') expect(begun.allowed).toBe(own < 4);
        if (!begun.allowed) refused += 1;
        else if (isRight && owner === 'user') state = signedIn(state, who, now);
        else {
          state = refusedFor(state, who, now);
          inVain.push({ at: now, isUsers: owner === 'user' });
        }
        const today = inVain.filter(({ at }) => at > now - 86_400_000).length;
        fullest = Math.max(fullest, today);
        expect(today).toBeLessThanOrEqual(8);
      }
    }),
    { numRuns: 200 },
  );
  expect(fullest).toBe(8);
  expect(refused).toBeGreaterThan(200);
});

test('two passwords that nobody heard of again are two that may have been wrong', () => {
  let [state, now] = [NO_ATTEMPTS, NOON];
  for (const expected of [null, 'unanswered'] as const) {
    now += 3_600_000;
    state = known(begin(state, turn('c', 'me', false), now));
    state = end(known(send(state, turn('c', 'me'), { passwords: 1 }, now)), turn('c'), 'failed', now);
    expect(stopOf(state, 'c')).toBe(expected);
  }
  expect(begin(resume(state, 'c'), turn('c', 'me', false), now).allowed).toBe(true);
});

test('a user that IBKR locked is locked for every connection', () => {
  let state = resume(NO_ATTEMPTS, 'other');
  state = end(known(begin(state, turn('c'), NOON)), turn('c'), 'user_locked', NOON);
  expect([stopOf(state, 'c'), stopOf(state, 'other')]).toEqual(['user_locked', 'user_locked']);
});

/** What happens to a sign-in on its way: it may die after any of its steps, and IBKR may say no, or nothing. */
const anAttempt = fc.record({
  isPasswordRight: fc.boolean(),
  isCodeRight: fc.boolean(),
  /** The step after which nothing more of this instance is heard; none where it is above them all. */
  diesAfter: fc.integer({ min: 0, max: 6 }),
  /** Which of IBKR's answers get lost. */
  lost: fc.constantFrom('none', 'init', 'password', 'code'),
  waitMs: fc.constantFrom(0, 1_000, SIGN_IN_MS, 3_600_000, 7 * 3_600_000),
  isOwnersAct: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
});

test('whatever IBKR answers and whoever dies: two wrong passwords and two wrong codes, then its owner', () => {
  let refusals = 0;
  fc.assert(
    fc.property(fc.array(anAttempt, { minLength: 1, maxLength: 40 }), (script) => {
      let [state, now] = [NO_ATTEMPTS, NOON];
      /** What IBKR counted since the owner's act, or since it took one. */
      let [wrongPasswords, wrongCodes] = [0, 0];
      for (const [index, attempt] of script.entries()) {
        now += attempt.waitMs;
        if (attempt.isOwnersAct) {
          state = resume(state, 'c');
          [wrongPasswords, wrongCodes] = [0, 0];
        }
        const before = stopOf(state, 'c');
        const name = `instance ${index}`;
        let steps = 0;
        const isAlive = () => steps++ < attempt.diesAfter;
        const finish = (outcome: Outcome) => {
          if (isAlive()) state = end(state, turn('c', name), outcome, now);
        };

        const begun = begin(state, turn('c', name, false), now);
        if (before !== null) expect(begun.allowed).toBe(false);
        if (!begun.allowed) {
          refusals += 1;
          continue;
        }
        state = begun.known;
        if (!isAlive()) continue;
        if (attempt.lost === 'init') {
          finish('failed');
          continue;
        }
        const password = send(state, turn('c', name), { passwords: 1 }, now);
        if (!password.allowed) continue;
        state = password.known;
        if (!attempt.isPasswordRight) wrongPasswords += 1;
        expect(wrongPasswords).toBeLessThanOrEqual(2);
        if (!isAlive()) continue;
        if (attempt.lost === 'password' || !attempt.isPasswordRight) {
          finish(attempt.lost === 'password' ? 'failed' : 'wrong_password');
          continue;
        }
        wrongPasswords = 0;
        state = taken(state, 'c', 'passwords');
        if (!isAlive()) continue;
        const code = send(state, turn('c', name), { codes: 1, codeWindow: index }, now);
        if (!code.allowed) continue;
        state = code.known;
        if (!attempt.isCodeRight) wrongCodes += 1;
        expect(wrongCodes).toBeLessThanOrEqual(2);
        if (!isAlive()) continue;
        if (attempt.lost === 'code' || !attempt.isCodeRight) {
          finish(attempt.lost === 'code' ? 'failed' : 'wrong_code');
          continue;
        }
        wrongCodes = 0;
        finish('signed_in');
      }
    }),
    { numRuns: 500 },
  );
  expect(refusals).toBeGreaterThan(500);
});

test('however many callers there are, one signs in at a time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 49 }), { minLength: 50, maxLength: 200 }), (callers) => {
      let [state, holder] = [NO_ATTEMPTS, null as number | null];
      for (const caller of callers) {
        const decision = begin(state, turn(`c${caller}`, `${caller}`), NOON);
        expect(decision.allowed).toBe(holder === null);
        if (decision.allowed) [state, holder] = [decision.known, caller];
        else if (caller === holder)
          [state, holder] = [end(state, turn(`c${caller}`, `${caller}`), 'signed_in', NOON), null];
      }
    }),
    { numRuns: 30 },
  );
});

test('fifty connections of a user name are kept, and those that something is known of', () => {
  const failed = end(known(begin(NO_ATTEMPTS, turn('c'), NOON)), turn('c'), 'failed', NOON);
  let state = failed;
  for (let n = 0; n < 1_000; n += 1) state = resume(state, `stranger ${n}`);
  expect(Object.keys(state.connections)).toHaveLength(50);
  expect(state).toMatchObject({ connections: { ...failed.connections, 'stranger 999': { stop: null } } });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acceptLast,
  begin,
  type Decision,
  end,
  NO_ATTEMPTS,
  type Outcome,
  resume,
  SIGN_IN_MS,
  send,
  stopOf,
  type UserAttempts,
} from './attempts.ts';

/** On a Tuesday when it is night nowhere that IBKR serves from: it maintains nothing. */
const NOON = Date.parse('2026-06-02T14:00:00Z');
const turn = (connection: string, name = 'me', isIbkr = true, owner = 'owner') => ({
  connection,
  owner,
  name,
  isIbkr,
  isByOwner: false,
});

function known(decision: Decision) {
  if (!decision.allowed) throw new Error(`not allowed: ${decision.because}`);
  return decision.known;
}

test.each([
  ['approval_wanted', true],
  ['code_wanted', true],
  ['sent_code_wanted', true],
  ['wrong_password', false],
  ['user_locked', false],
] as const)('%s that another found meanwhile stops what the owner does: not %s', (outcome, isAllowed) => {
  const another = known(begin(NO_ATTEMPTS, turn('c', 'another'), NOON));
  const state = end(another, turn('c', 'another'), outcome, NOON);
  expect(begin(state, turn('c'), NOON)).toMatchObject({ allowed: false, because: outcome });
  expect(begin(state, { ...turn('c'), isByOwner: true }, NOON).allowed).toBe(isAllowed);
});

test('a sign-in that went through leaves nothing behind', () => {
  let state = known(begin(NO_ATTEMPTS, turn('c'), NOON));
  state = known(send(state, turn('c', 'me'), { passwords: 1 }, NOON));
  state = acceptLast(state, 'c', 'passwords');
  state = known(send(state, turn('c', 'me'), { codes: 1, codeWindow: 7 }, NOON));
  state = end(acceptLast(state, 'c', 'codes'), turn('c'), 'signed_in', NOON);
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
  return end(acceptLast(sent, who.connection, 'passwords'), who, 'signed_in', now);
}

const of = (owner: string, connection = owner) => turn(connection, 'me', false, owner);

/** An owner tries a wrong password as often as their acts let them. */
function triesInVain(state: UserAttempts, owner: string, times: number): UserAttempts {
  let after = state;
  for (let tries = 0; tries < times; tries += 1) {
    const who = of(owner, `${owner} ${tries % 3}`);
    after = refusedFor(resume(after, who.connection, owner), who, NOON);
  }
  return after;
}

test('three strangers who know a name leave a newcomer none for a day, two leave one, and nobody stalls who knows the password', () => {
  const user = signedIn(NO_ATTEMPTS, of('user'), NOON);
  let state = triesInVain(user, 'first', 9);
  expect(state.untaken, 'of one alone').toHaveLength(3);
  expect(begin(resume(state, 'first 0', 'first'), of('first', 'first 0'), NOON)).toMatchObject({
    because: 'many_failures',
  });
  expect(triesInVain(state, 'newcomer', 9).untaken, 'and a newcomer').toHaveLength(5);
  state = triesInVain(state, 'second', 9);
  expect(begin(state, of('newcomer'), NOON).allowed).toBe(true);
  state = triesInVain(state, 'third', 9);
  expect(state.untaken).toHaveLength(6);
  const stalled = { because: 'many_failures', until: NOON + 86_400_000 };
  expect(begin(state, of('newcomer'), NOON)).toMatchObject(stalled);
  expect(begin(state, of('newcomer'), NOON + 86_400_000).allowed).toBe(true);
  for (const left of [true, true, false]) {
    expect(begin(state, of('user'), NOON).allowed).toBe(left);
    expect(begin(state, of('user', 'another of theirs'), NOON).allowed).toBe(left);
    state = resume(refusedFor(state, of('user'), NOON), 'user', 'user');
  }
});

test('a mode that IBKR does not count uses up nothing of others, and is tried three times in a day', () => {
  let state = NO_ATTEMPTS;
  for (const allowed of [true, true, true, false]) {
    state = resume(state, 'stranger', 'stranger');
    const begun = begin(state, of('stranger'), NOON);
    expect(begun.allowed).toBe(allowed);
    if (begun.allowed) state = end(begun.known, of('stranger'), 'wrong_mode', NOON);
  }
  expect(triesInVain(state, 'newcomer', 9).untaken.filter(({ what }) => what === 'password')).toHaveLength(3);
});

/** What somebody does with the user name, some while after what was done last. */
const anyAct = fc.record({
  owner: fc.constantFrom('user', 'newcomer', 'stranger', 'other', 'third'),
  connection: fc.nat({ max: 2 }),
  waitMs: fc.constantFrom(0, 60_000, 3_600_000, 12 * 3_600_000),
  isRight: fc.boolean(),
  isOwnersAct: fc.boolean(),
});

test('whoever tries, and however often their owners let them: IBKR counts eight in a day, who knows the password has two, and a newcomer two beside one stranger', () => {
  const seen = { fullest: 0, newcomerBesideOne: 0, users: 0 };
  fc.assert(
    fc.property(
      fc.array(anyAct, { minLength: 20, maxLength: 80 }),
      fc.integer({ min: 1, max: 3 }),
      (acts, strangers) => {
        const present = ['user', 'newcomer', ...['stranger', 'other', 'third'].slice(0, strangers)];
        let [state, now] = [signedIn(NO_ATTEMPTS, of('user'), NOON), NOON];
        let inVain: { at: number; owner: string }[] = [];
        for (const { owner, connection, waitMs, isRight } of acts.filter((each) =>
          present.includes(each.owner),
        )) {
          now += waitMs;
          inVain = inVain.filter(({ at }) => at > now - 86_400_000);
          const who = owner === 'user' ? of('user') : of(owner, `${owner} ${connection}`);
          state = resume(state, who.connection, owner);
          const own = inVain.filter((each) => each.owner === owner).length;
          const begun = begin(state, who, now);
          if (owner === 'user' && own < 2) expect(begun.allowed, 'the user').toBe(true);
          const users = inVain.filter((each) => each.owner === 'user').length;
          if (owner === 'newcomer' && own < 2 && strangers === 1 && users < 4) {
            seen.newcomerBesideOne += 1;
            expect(begun.allowed, 'a newcomer').toBe(true);
          }
          if (owner === 'user' && inVain.length - own >= 6) seen.users += 1;
          if (!begun.allowed) continue;
          if (isRight && owner === 'user') state = signedIn(state, who, now);
          else {
            state = refusedFor(state, who, now);
            inVain.push({ at: now, owner });
          }
          seen.fullest = Math.max(seen.fullest, inVain.length);
          expect(inVain.length).toBeLessThanOrEqual(8);
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(seen.fullest).toBe(8);
  expect(seen.newcomerBesideOne).toBeGreaterThan(100);
  expect(seen.users, 'when strangers had used up theirs').toBeGreaterThan(100);
});

test('two wrong ones an act of their owner over all their connections, of passwords and of codes', () => {
  let stopped = 0;
  fc.assert(
    fc.property(fc.array(anyAct, { minLength: 20, maxLength: 80 }), fc.boolean(), (acts, isCode) => {
      let [state, now] = [NO_ATTEMPTS, NOON];
      let wrong: { owner: string; connection: string }[] = [];
      for (const { owner, connection, isOwnersAct, isRight } of acts) {
        // Whatever a day lets through, it is two.
        now += 86_400_000;
        const who = of(owner, `${owner} ${connection}`);
        if (isOwnersAct) {
          state = resume(state, who.connection, owner);
          wrong = wrong.filter((each) => each.owner !== owner);
        }
        const begun = begin(state, who, now);
        if (!begun.allowed) {
          stopped += 1;
          continue;
        }
        const password = send(begun.known, who, { passwords: 1 }, now);
        if (!password.allowed) throw new Error('begun in vain');
        if (!isCode) {
          const outcome = isRight ? 'signed_in' : 'wrong_password';
          const answered = isRight ? acceptLast(password.known, who.connection, 'passwords') : password.known;
          state = end(answered, who, outcome, now);
        } else {
          const known = acceptLast(password.known, who.connection, 'passwords');
          const code = send(known, who, { codes: 1, codeWindow: 0 }, now);
          if (!code.allowed) throw new Error('begun in vain');
          state = isRight
            ? end(acceptLast(code.known, who.connection, 'codes'), who, 'signed_in', now)
            : end(code.known, who, 'wrong_code', now);
        }
        if (isRight) wrong = wrong.filter((each) => each.connection !== who.connection);
        else wrong.push(who);
        expect(wrong.filter((each) => each.owner === owner).length).toBeLessThanOrEqual(2);
      }
    }),
    { numRuns: 100 },
  );
  expect(stopped).toBeGreaterThan(200);
});

test('two passwords that nobody heard of again are two that may have been wrong', () => {
  let [state, now] = [NO_ATTEMPTS, NOON];
  for (const expected of [null, 'unanswered'] as const) {
    now += 3_600_000;
    state = known(begin(state, turn('c', 'me', false), now));
    state = end(known(send(state, turn('c', 'me'), { passwords: 1 }, now)), turn('c'), 'failed', now);
    expect(stopOf(state, 'c')).toBe(expected);
  }
  expect(begin(resume(state, 'c', 'owner'), turn('c', 'me', false), now).allowed).toBe(true);
});

test('a user that IBKR locked is locked for every connection', () => {
  let state = resume(NO_ATTEMPTS, 'other', 'owner');
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
          state = resume(state, 'c', 'owner');
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
        state = acceptLast(state, 'c', 'passwords');
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
  for (let n = 0; n < 1_000; n += 1) state = resume(state, `stranger ${n}`, 'stranger');
  expect(Object.keys(state.connections)).toHaveLength(50);
  expect(state).toMatchObject({ connections: { ...failed.connections, 'stranger 999': { stop: null } } });
});

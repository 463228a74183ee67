import { badRequest } from './answer.ts';
import { numberOf, objectBody, textOf } from './json-body.ts';

export const FAULT_KINDS = [
  'status',
  'delay',
  'reset',
  'malformed',
  'reset_after_accept',
  'late_answer',
  'session_lost',
  'competing',
  'question',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One way in which requests go wrong. */
export interface Fault {
  readonly kind: FaultKind;
  readonly method?: string;
  /** Path below `/v1/api`; `*` stands for anything. Without one every path matches. */
  readonly path?: RegExp;
  /** Only requests of this sandbox. */
  readonly sandbox?: string;
  /** Only requests of this user who signs in by name and password, and sign-ins of that name. */
  readonly user?: string;
  /** How many requests are still to be hit. */
  times: number;
  /** `status`: the answer. */
  readonly status: number;
  /** `status`: the answer. `question`: what of the question is otherwise than usual. */
  readonly body: unknown;
  /** `delay`: how much later the request is handled. `late_answer`: how much later it is answered. */
  readonly delayMs: number;
}

/** Whose request it is, as far as it tells before anybody has asked for more. */
interface Caller {
  readonly sandbox?: string | undefined;
  readonly user?: string | undefined;
}

/** The faults that tests ordered, oldest first. */
export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Ends those of one sandbox, or all. */
  clear(sandbox?: string): void {
    this.#faults = sandbox === undefined ? [] : this.#faults.filter((each) => each.sandbox !== sandbox);
  }

  /** The fault that hits this request, counted. */
  take(method: string, path: string, { sandbox, user }: Caller): Fault | undefined {
    const fault = this.#faults.find(
      (each) =>
        (each.method === undefined || each.method === method) &&
        (each.path === undefined || each.path.test(path)) &&
        (each.sandbox === undefined || each.sandbox === sandbox) &&
        (each.user === undefined || each.user === user),
    );
    if (fault && --fault.times <= 0) this.#faults = this.#faults.filter((each) => each !== fault);
    return fault;
  }
}

/**
 * Reads the body of `POST /sim/faults`:
 * `{match: {method?, path?, sandbox?, user?}, kind, times?, status?, body?, delayMs?}`. Without `times` it stays.
 * @throws {Refusal} 400 naming what is wrong.
 */
export function readFault(body: unknown): Fault {
  const { match, kind, times, status, body: answer, delayMs } = objectBody(body);
  const { method, path, sandbox, user } = match === undefined ? {} : objectBody(match);
  const known = FAULT_KINDS.find((each) => each === kind);
  if (!known) throw badRequest(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  if (known === 'question') objectBody(answer);
  const pattern = textOf(path);
  const methodText = textOf(method)?.toUpperCase();
  const sandboxText = textOf(sandbox);
  const userText = textOf(user)?.toLowerCase();
  const code = numberOf(status) ?? 500;
  return {
    kind: known,
    times: numberOf(times) ?? Number.POSITIVE_INFINITY,
    status: code,
    body: answer ?? { error: `fault ${code}`, statusCode: code },
    delayMs: numberOf(delayMs) ?? 1_000,
    ...(methodText === undefined ? {} : { method: methodText }),
    ...(pattern === undefined ? {} : { path: wildcard(pattern) }),
    ...(sandboxText === undefined ? {} : { sandbox: sandboxText }),
    ...(userText === undefined ? {} : { user: userText }),
  };
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

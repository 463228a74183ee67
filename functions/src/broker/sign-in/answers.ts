/** What IBKR's sign-in answers to its forms: JSON where that was asked for, else XML. */

import { z } from 'zod';
import { parseJsonBody } from '../wire/json-body.ts';
import { refusalIn, signInChanged } from './refusals.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const hex = z.string().regex(/^[0-9a-f]+$/i);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

/** To `INIT`. */
const started = z.object({
  B: hex,
  s: hex,
  rsapub: hex,
  N: hex,
  g: text,
  hash: z.string(),
  proto: text,
  /** Whether all of a password counts. */
  lp: flag.default(true),
});
export type Started = z.output<typeof started>;

/** To `COMPLETEAUTH`. */
const proven = z.object({
  M2: hex.nullish(),
  reached_max_login: flag.nullish(),
  /** The second factors of which one is wanted; none: none is. */
  sftypes: z
    .union([z.array(text), z.string().transform((list) => list.split(',').map((each) => each.trim()))])
    .nullish(),
});
export type Proven = z.output<typeof proven>;

/** To `COMPLETEAUTH_1`: what the chosen factor wants. */
const challenged = z.object({ two_factor: z.object({ type: z.string(), challenge: z.string().nullish() }) });
export type Challenge = z.output<typeof challenged>['two_factor'];
/** To `COMPLETETWOFACT`. */
const factorTaken = z.object({ auth_res: flag, reached_max_login: flag.nullish() });
export type FactorTaken = z.output<typeof factorTaken>;

/** Which are asked to answer in JSON. A page in its place is no answer, least of all one that refuses a password. */
const JSON_ACTIONS = ['INIT', 'COMPLETEAUTH'];

const said = z.object({ error: z.unknown() });

/** Many times what is known of them, some hundred characters. What is longer is no answer, and would take time to read. */
const MOST_CHARACTERS = 16_384;

export function readStarted(body: string): Started {
  return read('INIT', body, started);
}

export function readProven(body: string): Proven {
  return read('COMPLETEAUTH', body, proven);
}

/** `SWTK`: a code; `IBTK`: a yes on the phone; `SWCR`: the answer to a challenge. */
export function readChallenge(body: string): Challenge {
  return read('COMPLETEAUTH_1', body, challenged).two_factor;
}

export function readFactorTaken(body: string): FactorTaken {
  return read('COMPLETETWOFACT', body, factorTaken);
}

/** @throws {BrokerError} IBKR's refusal, or `sign_in_changed` for what has not the known form. */
function read<S extends z.ZodType>(action: string, body: string, schema: S): z.output<S> {
  if (body.length > MOST_CHARACTERS) throw signInChanged(action);
  const isXml = !JSON_ACTIONS.includes(action) && body.trimStart().startsWith('<');
  const fields = isXml ? fieldsOfXml(body) : fieldsOfJson(action, body);
  const { error } = said.safeParse(fields).data ?? {};
  if (typeof error === 'string' && error.trim() !== '') throw refusalIn(error, action);
  const parsed = schema.safeParse(fields);
  if (!parsed.success) throw signInChanged(action);
  return parsed.data;
}

function fieldsOfJson(action: string, body: string): unknown {
  try {
    return parseJsonBody(body);
  } catch {
    throw signInChanged(action);
  }
}

/** The elements that are known, wherever in the document they are: `two_factor` is around its `type`. */
function fieldsOfXml(xml: string): Record<string, unknown> {
  const element = (name: string) =>
    new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, 'i').exec(xml)?.[1]?.trim();
  const [type, challenge] = [element('type'), element('challenge')];
  return {
    ...(type !== undefined && { two_factor: { type, challenge } }),
    auth_res: element('auth_res'),
    reached_max_login: element('reached_max_login'),
    error: element('error'),
  };
}

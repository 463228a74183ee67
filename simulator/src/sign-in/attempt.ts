/** One sign-in under way: what the server knows between the posts of a client (its cookie `JSESSIONID`). */

import { randomBytes } from 'node:crypto';
import type { ExchangeStart } from './reply.ts';
import { rsaModulus } from './rsa-key.ts';
import type { SecondFactorCheck } from './second-factor.ts';
import { DEFAULT_PARAMETERS, hexOf, numberOfHex, Srp, type SrpParameters } from './srp.ts';
import type { UserRecord } from './user-record.ts';
import type { UserSettings } from './user-settings.ts';

const SALT_BYTES = 4;
/** All that counts of a password without `lp`. */
const SHORT_PASSWORD = 8;

/** What a client has proven. */
interface Proof {
  /** M2 */
  readonly serverProof: string;
  /** K */
  readonly key: string;
  /** For the cookies `XYZAB`. */
  readonly sessionKey: string;
}

export class Attempt {
  readonly user: UserRecord;
  readonly start: ExchangeStart;
  /** Once the password has been shown to be right. */
  proof: Proof | undefined;
  secondFactor: SecondFactorCheck | undefined;
  /** Nothing more is wanted. */
  isComplete = false;
  /** M1 of the last step, which the next one repeats. */
  clientProof = '';
  readonly #srp: Srp;
  readonly #a: bigint;
  readonly #verifier: bigint;
  readonly #secret: bigint;
  readonly #sent: bigint;

  /** @param a The client's public number, A. */
  constructor(user: UserRecord, a: bigint) {
    const { settings } = user;
    const { username, password, longPassword: lp, mode } = settings;
    const parameters = parametersOf(settings);
    this.user = user;
    this.#a = a;
    this.#srp = new Srp(username, parameters);
    const s = randomBytes(SALT_BYTES).toString('hex');
    this.#verifier = this.#srp.verifier(
      this.#srp.passwordKey(s, lp ? password : password.slice(0, SHORT_PASSWORD)),
    );
    const { secret, sent } = this.#srp.challenge(this.#verifier);
    this.#secret = secret;
    this.#sent = sent;
    this.start = {
      B: hexOf(sent),
      s,
      rsapub: rsaModulus(),
      N: hexOf(parameters.prime),
      g: String(parameters.generator),
      hash: parameters.hash,
      proto: parameters.protocol,
      lp,
      paper: mode === 'paper',
    };
  }

  /** Whether M1 is that of somebody who knows the password; if so, what the server says for itself. */
  prove(clientProof: string): Proof | undefined {
    const srp = this.#srp;
    // RFC 5054, 2.5.4: whoever sends a multiple of N would know the secret.
    if (this.#a % srp.parameters.prime === 0n || !/^[0-9a-f]+$/i.test(clientProof)) return undefined;
    const scrambler = srp.scrambler(this.#a, this.#sent);
    const key = srp.sharedKey(srp.serverSecret(this.#a, this.#verifier, scrambler, this.#secret));
    const expected = srp.clientProof(this.start.s, this.#a, this.#sent, key);
    // As numbers: clients leave out or fill in zeros at the front.
    if (numberOfHex(clientProof) !== numberOfHex(expected)) return undefined;
    return {
      serverProof: srp.serverProof(this.#a, expected, key),
      key,
      sessionKey: srp.sessionKey(this.#sent, key),
    };
  }
}

function parametersOf({ N, g, hash, proto }: UserSettings): SrpParameters {
  return {
    prime: N === undefined ? DEFAULT_PARAMETERS.prime : numberOfHex(N),
    generator: g === undefined ? DEFAULT_PARAMETERS.generator : BigInt(g),
    hash: (hash ?? DEFAULT_PARAMETERS.hash) as SrpParameters['hash'],
    protocol: (proto ?? DEFAULT_PARAMETERS.protocol) as SrpParameters['protocol'],
  };
}

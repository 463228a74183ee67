/**
 * A client of the sign-in for the tests. Its arithmetic is its own, from the published formulas over numbers and hex
 * strings, so that it agrees with the server only where both are right.
 */

import { constants, createHash, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { RunningSimulator } from '../server.ts';
import { control, type HttpAnswer } from '../test-client.ts';

const USER_AGENT = 'Mozilla/5.0 (sign-in test)';
const DEFAULT_PRIME =
  'd4c7f8a2b32c11b8fba9581ec4ba4f1b04215642ef7355e37c0fc0443ef756ea2c6b8eeb755a1c723027663caa265ef785b8ff6a9b35227a52d86633dbdfca43';

/** S = (B - k g^x)^(a + u x) */
export function clientSecret(
  { prime, generator }: { prime: bigint; generator: bigint },
  { exponent, x, u, b, k }: { exponent: bigint; x: bigint; u: bigint; b: bigint; k: bigint },
): bigint {
  const base = (b - ((k * power(generator, x, prime)) % prime) + prime) % prime;
  return power(base, exponent + u * x, prime);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power(base, exponent / 2n, modulus);
  const square = (half * half) % modulus;
  return exponent % 2n === 0n ? square : (square * base) % modulus;
}

const hex = (value: bigint) => value.toString(16);
const number = (text: string) => BigInt(`0x${text}`);

/** Even, and without a first byte of zero. */
const even = (text: string) => (text.length % 2 === 0 ? text : `0${text}`).replace(/^00/, '');

/** What `/sso/Authenticator` answers, in JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
type Reply = any;

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** `LOGIN_TYPE`: 1 is live, 2 is paper. */
  readonly loginType?: string;
}

/** Cookies by host and path, as a browser keeps them. */
class Cookies {
  readonly #all: { host: string; name: string; value: string; path: string }[] = [];

  take(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const path = attributes.find((each) => each.startsWith('Path='))?.slice(5) ?? '/';
    const mark = pair.indexOf('=');
    this.put(host, pair.slice(0, mark), pair.slice(mark + 1), path);
  }

  put(host: string, name: string, value: string, path = '/'): void {
    const others = this.#all.filter((each) => each.host !== host || each.name !== name || each.path !== path);
    this.#all.splice(0, Number.POSITIVE_INFINITY, ...others, { host, name, value, path });
  }

  names(host: string, path = '/'): string[] {
    return this.#of(host, path).map(({ name }) => name);
  }

  header(host: string, path: string): string {
    return this.#of(host, path)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #of(host: string, path: string) {
    return this.#all.filter((each) => each.host === host && path.startsWith(each.path));
  }
}

/** One device that signs in. */
export class TestBrowser {
  readonly cookies = new Cookies();
  readonly #hosts: readonly [string, string];
  /** Of the exchange under way. */
  #m1 = '';
  #key = '';
  #expectedM2 = '';
  sessionKey = '';
  readonly hops: string[] = [];

  constructor(simulator: RunningSimulator, device?: string) {
    this.#hosts = [`localhost:${simulator.port}`, `127.0.0.1:${simulator.port}`];
    if (device !== undefined) this.#putEverywhere('SBID', device);
  }

  get host(): string {
    return this.#hosts[0];
  }

  async openPage(): Promise<HttpAnswer> {
    return this.send('GET', '/sso/Login?loginType=2&forwardTo=22&clt=0&RL=1&ip2loc=US');
  }

  /** Both steps of the password. */
  async signIn(credentials: Credentials): Promise<Reply> {
    const started = await this.start(credentials);
    return started.error === '' ? this.prove(credentials, started) : started;
  }

  readonly #exponent = number(randomBytes(32).toString('hex'));

  async start({ username, loginType = '2' }: Credentials, prime = DEFAULT_PRIME, g = '2'): Promise<Reply> {
    const a = hex(power(BigInt(g), this.#exponent, number(prime)));
    return this.post({
      ACTION: 'INIT',
      USER: username,
      A: a,
      RESP_TYPE: 'JSON',
      LOGIN_TYPE: loginType,
      SERVICE: 'AM.LOGIN',
    });
  }

  async prove({ username, password, loginType = '2' }: Credentials, started: Reply): Promise<Reply> {
    const { N, g, hash, proto, s, B, rsapub, lp } = started;
    const digest = (data: string | Buffer) => createHash(hash).update(data).digest('hex');
    const ofHex = (...parts: string[]) => digest(Buffer.from(parts.map(even).join(''), 'hex'));
    const width = N.length;
    const padded = (value: bigint) => hex(value).padStart(width, '0');
    const [prime, generator, b] = [number(N), BigInt(g), number(B)];
    const a = power(generator, this.#exponent, prime);
    const name = username.toLowerCase();
    const secret = lp ? password : password.slice(0, 8);
    // What is hashed of texts is taken as it is, zeros and all.
    const x = number(digest(Buffer.from(even(s) + digest(`${name}:${secret}`), 'hex')));
    const u = { '3': () => ofHex(hex(b)).slice(0, 8), '6': () => ofHex(hex(a), hex(b)) }[proto as '3' | '6'];
    const of6a = () => digest(Buffer.from(padded(a) + padded(b), 'hex'));
    const k =
      { '3': 1n, '6': 3n }[proto as '3' | '6'] ?? number(digest(Buffer.from(N + padded(generator), 'hex')));
    const shared = clientSecret(
      { prime, generator },
      { exponent: this.#exponent, x, u: number((u ?? of6a)()), b, k },
    );
    this.#key = ofHex(hex(shared));
    const group = hex(number(ofHex(N)) ^ number(ofHex(hex(generator))));
    const parts = [s, hex(a), hex(b), this.#key].map(even).join('');
    this.#m1 = digest(Buffer.from(even(group) + digest(name) + parts, 'hex'));
    this.#expectedM2 = ofHex(hex(a), this.#m1, this.#key);
    this.sessionKey = ofHex(hex(b), this.#key);
    return this.post({
      ACTION: 'COMPLETEAUTH',
      USER: username,
      M1: this.#m1,
      EKX: encrypted(this.#key, rsapub),
      VERSION: '1',
      LOGIN_TYPE: loginType,
      RESP_TYPE: 'JSON',
    });
  }

  /** Whether this M2 is from somebody who knows the password. */
  trusts(M2: string | undefined): boolean {
    return M2 === this.#expectedM2;
  }

  askSecondFactor(username: string, SF: string): Promise<Reply> {
    return this.post({
      ACTION: 'COMPLETEAUTH_1',
      USER: username,
      M1: this.#m1,
      VERSION: '1',
      SF,
      RESP_TYPE: 'JSON',
    });
  }

  showCode(username: string, SF: string, RESPONSE: string): Promise<Reply> {
    return this.post({
      ACTION: 'COMPLETETWOFACT',
      USER: username,
      RESPONSE,
      VERSION: '1',
      SF,
      RESP_TYPE: 'JSON',
    });
  }

  /** From the right password to the session; follows redirections by hand. */
  async dispatch(loginType = '2'): Promise<HttpAnswer> {
    this.#putEverywhere('XYZAB_AM.LOGIN', this.sessionKey);
    this.#putEverywhere('XYZAB', this.sessionKey);
    let answer = await this.send(
      'POST',
      '/sso/Dispatcher',
      new URLSearchParams({ loginType, forwardTo: '22' }),
    );
    let host = this.host;
    for (let hop = 0; answer.location !== null && hop < 5; hop++) {
      const next = new URL(answer.location, `http://${host}`);
      this.hops.push(next.host + next.pathname);
      if (!this.#hosts.includes(next.host)) break;
      host = next.host;
      answer = await this.send('GET', next.pathname + next.search, undefined, host);
    }
    return answer;
  }

  async post(fields: Record<string, string>): Promise<Reply> {
    const { text } = await this.send('POST', '/sso/Authenticator', new URLSearchParams(fields));
    return fields.RESP_TYPE === 'JSON' ? JSON.parse(text) : text;
  }

  /** A call of the API with the cookies of the sign-in. */
  call(method: string, path: string, body?: object, prefix = '/v1/api'): Promise<HttpAnswer> {
    return this.send(method, prefix + path, body === undefined ? undefined : JSON.stringify(body));
  }

  async send(
    method: string,
    path: string,
    body?: URLSearchParams | string,
    host = this.host,
  ): Promise<HttpAnswer & { location: string | null }> {
    const response = await fetch(`http://${host}${path}`, {
      method,
      redirect: 'manual',
      headers: { Cookie: this.cookies.header(host, path), 'User-Agent': USER_AGENT },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) this.cookies.take(host, line);
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Pages are no JSON.
    }
    return { status: response.status, text, body: parsed, location: response.headers.get('location') };
  }

  /** The session key counts on every host of IBKR. */
  #putEverywhere(name: string, value: string): void {
    for (const host of this.#hosts) this.cookies.put(host, name, value);
  }
}

/** PKCS#1 v1.5 of the text of the hex. */
function encrypted(key: string, modulus: string): string {
  const n = Buffer.from(modulus, 'hex').toString('base64url');
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e: 'Aw' } });
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(key)).toString(
    'hex',
  );
}

/** Makes a user of the simulated IBKR, or changes it. */
export async function user(simulator: RunningSimulator, settings: object): Promise<Reply> {
  const { status, body } = await control(simulator).post('/sign-ins/users', settings);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

/** A device that is past the password and has opened the session. */
export async function signInBrowser(
  simulator: RunningSimulator,
  credentials: Credentials,
): Promise<TestBrowser> {
  const browser = new TestBrowser(simulator);
  await browser.openPage();
  const reply = await browser.signIn(credentials);
  if (!browser.trusts(reply.M2)) throw new Error(JSON.stringify(reply));
  await browser.dispatch(credentials.loginType);
  return browser;
}

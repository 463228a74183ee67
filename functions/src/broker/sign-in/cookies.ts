import { getSetCookies, Headers } from 'undici';
import { z } from 'zod';

const cookie = z.object({
  name: z.string(),
  value: z.string(),
  /** The host that set it, or the domain that it said; null: it goes to every host of IBKR's. */
  domain: z.string().nullable(),
  path: z.string(),
});
type Cookie = z.output<typeof cookie>;

export const cookieList = z.array(cookie).readonly();

/** The cookies of one sign-in, over several hosts (RFC 6265, without expiry: they live as long as the session). */
export class Cookies {
  #held: Cookie[];

  constructor(held: readonly Cookie[] = []) {
    this.#held = [...held];
  }

  /** Keeps what an answer sets, and drops what it takes back. */
  take(url: URL, setCookie: string | string[] | undefined): void {
    const headers = new Headers([setCookie ?? []].flat().map((each) => ['set-cookie', each]));
    for (const set of getSetCookies(headers)) {
      // Of more than 4,096 characters, or with control characters: no browser takes it. Its type does not tell of this.
      if (set === null) continue;
      const { name, value, domain, path, maxAge, expires } = set;
      const isOver = maxAge === undefined ? isPast(expires) : maxAge <= 0;
      const said = domain?.replace(/^\./, '').toLowerCase();
      // A host speaks for itself and the domains that it is in, and for no other.
      const isIts = said !== undefined && belongsTo(url.hostname, said);
      const where = { domain: isIts ? said : url.hostname, path: path ?? defaultPath(url) };
      this.#put({ name, value, ...where }, isOver);
    }
  }

  /** Sets one of ours, for every host. */
  set(name: string, value: string): void {
    this.#put({ name, value, domain: null, path: '/' }, false);
  }

  has(name: string): boolean {
    return this.#held.some((held) => held.name === name);
  }

  /** The `cookie` header for a page of the sign-in, empty where there is none. */
  forPage({ hostname, pathname }: URL): string {
    return cookieHeader(
      this.#held.filter(
        ({ domain, path }) => (domain === null || belongsTo(hostname, domain)) && isBelow(pathname, path),
      ),
    );
  }

  /** The `cookie` header for a call of the API, which takes what any of IBKR's hosts set. */
  forApi(pathname: string): string {
    return cookieHeader(this.#held.filter(({ path }) => isBelow(pathname, path)));
  }

  /** Goes on with those of an earlier part of the sign-in. */
  restore(held: readonly Cookie[]): void {
    this.#held = [...held];
  }

  /** All of them, to be sealed. */
  get all(): readonly Cookie[] {
    return this.#held;
  }

  #put(set: Cookie, isOver: boolean): void {
    const { name, domain, path } = set;
    const others = this.#held.filter(
      (held) => held.name !== name || held.domain !== domain || held.path !== path,
    );
    this.#held = isOver ? others : [...others, set];
  }
}

/** Of two with one name, the one that was set last. */
function cookieHeader(cookies: readonly Cookie[]): string {
  const byName = new Map(cookies.map(({ name, value }) => [name, value]));
  return [...byName].map((pair) => pair.join('=')).join('; ');
}

function isPast(expires: Date | number | undefined): boolean {
  return expires !== undefined && Number(expires) <= Date.now();
}

/** RFC 6265, 5.1.3. */
function belongsTo(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

/** RFC 6265, 5.1.4. */
function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}

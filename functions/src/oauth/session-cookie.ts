/**
 * The one cookie. Firebase Hosting lets only `__session` through to functions, so what the authorization server would
 * keep in several cookies is in there: which requests for consent this browser began. It is encrypted and
 * authenticated, and dies with the last of them.
 */
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import type { SealingKey } from './provider/keys.ts';

const NAME = '__session';
/** Tabs that ask for consent at the same time. Keeps the cookie under 3.5 KB, which Hosting passes on. */
const MOST_INTERACTIONS = 10;

const contents = z.object({
  interactions: z.array(z.object({ uid: z.string(), until: z.number() })),
});

/** A request for consent that this browser began, and until when it can be answered (ms since 1970). */
export type BegunInteraction = z.output<typeof contents>['interactions'][number];

/**
 * What the browser that sends a request has begun; nothing for a cookie that is missing, foreign, changed or old. There
 * may be several: other hosts of the domain can set cookies of this name.
 */
export async function readInteractions(
  request: Request,
  keys: readonly SealingKey[],
  now: Date,
): Promise<BegunInteraction[]> {
  const sealed = cookieValues(request.headers.get('cookie') ?? '');
  const opened = await Promise.all(sealed.map((value) => open(value, keys)));
  return opened.flat().filter(({ until }) => until > now.getTime());
}

async function open(sealed: string, keys: readonly SealingKey[]): Promise<BegunInteraction[]> {
  try {
    const { payload } = await jwtDecrypt(
      sealed,
      ({ kid }) => {
        const key = keys.find((each) => each.kid === kid);
        if (key === undefined) throw new errors.JOSEError('sealed with a key that is gone');
        return key.bytes;
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    );
    return contents.parse(payload).interactions;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return [];
    throw error;
  }
}

/** The `Set-Cookie` header that has a browser remember these. */
export async function sessionCookie(
  interactions: readonly BegunInteraction[],
  keys: readonly [SealingKey, ...SealingKey[]],
  options: { secure: boolean; now: Date },
): Promise<string> {
  const kept = [...interactions].sort((a, b) => b.until - a.until).slice(0, MOST_INTERACTIONS);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
  const [newest] = kept;
  if (newest === undefined) return `${NAME}=; Max-Age=0; ${attributes}`;
  const [{ kid, bytes }] = keys;
  const sealed = await new EncryptJWT({ interactions: kept })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
    .setExpirationTime(Math.ceil(newest.until / 1000))
    .encrypt(bytes);
  const seconds = Math.max(0, Math.ceil((newest.until - options.now.getTime()) / 1000));
  return `${NAME}=${sealed}; Max-Age=${seconds}; ${attributes}`;
}

function cookieValues(header: string): string[] {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return pairs.flatMap(([name, value]) => (name === NAME && value !== undefined ? [value] : []));
}

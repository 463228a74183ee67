/** ID tokens as the Auth emulator issues them, which nobody signs, and what tells Firebase's library of their people. */
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';

export const PROJECT = 'demo-test';

/**
 * An ID token of somebody.
 * @param signedInFor How long ago they signed in, in seconds; the token itself is new.
 */
export function idTokenOf(uid: string, signedInFor = 0): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: uid,
    user_id: uid,
    auth_time: seconds - signedInFor,
    iat: seconds,
    exp: seconds + 3_600,
    email: `${uid}@example.com`,
    email_verified: true,
    firebase: { identities: {}, sign_in_provider: 'google.com' },
  };
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

/** Answers for Firebase Authentication: every account that is asked for is in order. Does not listen yet. */
export function accountServer(): Server {
  return createServer(async (request, response) => {
    const asked = (await json(request)) as { localId?: string | string[] };
    const [localId = ''] = [asked.localId ?? []].flat();
    const account = { localId, email: `${localId}@example.com`, emailVerified: true, validSince: '0' };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ localId, users: [account] }));
  });
}

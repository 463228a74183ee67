/** Test support: what a browser that subscribed to push messages has, and reads them by (RFC 8291, RFC 8292). */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import type { Received } from './news-receiver.ts';

export interface SubscribedBrowser {
  /** As `PushSubscription.toJSON` has it, for an address. */
  subscription(endpoint: string): { endpoint: string; keys: { p256dh: string; auth: string } };
  /** What a message says. */
  read(body: Buffer): unknown;
}

export function subscribedBrowser(): SubscribedBrowser {
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys();
  const auth = randomBytes(16);
  const keys = { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') };
  return {
    subscription: (endpoint) => ({ endpoint, keys }),
    read(body) {
      const salt = body.subarray(0, 16);
      const keyEnd = 21 + body.readUInt8(20);
      const sender = body.subarray(21, keyEnd);
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
      const key = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32));
      const derive = (use: string, length: number) =>
        Buffer.from(hkdfSync('sha256', key, salt, `Content-Encoding: ${use}\0`, length));
      const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
      decipher.setAuthTag(body.subarray(-16));
      const padded = Buffer.concat([decipher.update(body.subarray(keyEnd, -16)), decipher.final()]);
      return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString());
    },
  };
}

/** What a deployment says of itself to a push service, its signature verified. */
export function vapidClaims({ headers }: Received): { publicKey: string; claims: Record<string, unknown> } {
  const [, token = '', publicKey = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization ?? '') ?? [];
  const [header, payload = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: `${x}`, y: `${y}` }, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  const encoding = { key, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', signed, encoding, Buffer.from(signature, 'base64url'))) {
    throw new Error('Somebody else signed it.');
  }
  return { publicKey, claims: JSON.parse(Buffer.from(payload, 'base64url').toString()) };
}

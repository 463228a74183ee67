/** An RSA key pair of 2048 bits, each half as PEM. */
export interface KeyPair {
  /** PKCS #8 */
  privateKey: string;
  /** SubjectPublicKeyInfo, as `openssl rsa -pubout` writes it. */
  publicKey: string;
}

/** Makes a key pair in this browser; nothing of it leaves the page. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    // What it is made for does not become part of the files.
    { name: 'RSA-OAEP', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['encrypt', 'decrypt'],
  );
  const [pkcs8, spki] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', privateKey),
    crypto.subtle.exportKey('spki', publicKey),
  ]);
  return { privateKey: pem('PRIVATE KEY', pkcs8), publicKey: pem('PUBLIC KEY', spki) };
}

/** Line ends are LF: IBKR's portal refuses files with others. */
function pem(label: string, der: ArrayBuffer): string {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

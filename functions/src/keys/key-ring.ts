/**
 * The vault's key ring as it is configured. A key stands in it as it is (`id:base64`), or wrapped by Cloud KMS
 * (`id:projects/…/cryptoKeys/NAME:base64`): then the secret alone opens nothing.
 */

const WRAPPED_ENTRY =
  /^([a-z0-9-]{1,32}):(projects\/[^/,\s]+\/locations\/[a-z0-9-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+):([A-Za-z0-9+/]+={0,2})$/;
const KEY_BYTES = 32;

/** Has the key of that resource name, in Cloud KMS, open what it wrapped (base64). */
export type Unwrap = (kmsKey: string, wrapped: string) => Promise<Uint8Array>;

/**
 * The ring as `Vault` takes it.
 * @param unwrap Called only where a key is wrapped.
 * @throws {Error} naming the key of the ring that cannot be unwrapped.
 */
export async function openKeyRing(ring: string, unwrap: Unwrap): Promise<string> {
  const entries = await Promise.all(ring.split(',').map((entry) => openEntry(entry.trim(), unwrap)));
  return entries.join(',');
}

async function openEntry(entry: string, unwrap: Unwrap): Promise<string> {
  const [, id, kmsKey, wrapped] = WRAPPED_ENTRY.exec(entry) ?? [];
  if (id === undefined || kmsKey === undefined || wrapped === undefined) return entry;
  try {
    const key = await unwrap(kmsKey, wrapped);
    if (key.length !== KEY_BYTES) throw new Error(`What it wraps is no key of ${KEY_BYTES} bytes.`);
    return `${id}:${Buffer.from(key).toString('base64')}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'It failed.';
    throw new Error(`The vault key ${id} could not be unwrapped. ${reason}`, { cause: error });
  }
}

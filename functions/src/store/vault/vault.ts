/**
 * Envelope encryption for the secrets of connections. Every sealed value has a data key of its own, and that key
 * is sealed by a key of the ring, so that taking a new ring key into use touches no old value. Both layers are
 * AES-256-GCM with the place the value belongs to as associated data: moved elsewhere, it does not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Sealed } from '../database/stored-fields.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const RING_ENTRY = /^([a-z0-9-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

export class Vault {
  readonly #ring: ReadonlyMap<string, Buffer>;
  readonly #current: string;

  /**
   * @param ring `id:key` pairs with commas between, each key 32 bytes in base64. The first one seals; the others
   * only open what they sealed, or will seal when every instance knows them.
   * @throws {Error} when it is not of that form, without repeating it.
   */
  constructor(ring: string) {
    const entries = ring.split(',').map((entry) => {
      const [, id, key] = RING_ENTRY.exec(entry.trim()) ?? [];
      if (id === undefined || key === undefined) {
        throw new Error('The vault key ring must be id:base64 pairs of 32-byte keys, with commas between.');
      }
      return [id, Buffer.from(key, 'base64')] as const;
    });
    const [first] = entries;
    if (first === undefined || new Set(entries.map(([id]) => id)).size !== entries.length) {
      throw new Error('The vault key ring must have at least one key, and each id once.');
    }
    this.#ring = new Map(entries);
    this.#current = first[0];
  }

  /** @param place What the value belongs to, such as `vault/{connectionId}`; needed again to open it. */
  seal(place: string, value: Uint8Array): Sealed {
    const dataKey = randomBytes(KEY_BYTES);
    return {
      keyId: this.#current,
      dataKey: encrypt(this.#ringKey(this.#current), `key ${place}`, dataKey),
      data: encrypt(dataKey, place, value),
    };
  }

  /** The ring key that seals. */
  get sealingKeyId(): string {
    return this.#current;
  }

  /** Whether a ring key is there, so that what it sealed can be opened. */
  has(keyId: string): boolean {
    return this.#ring.has(keyId);
  }

  /** Whether the ring key that a value names is the one that sealed it: another may have its id. */
  opens(place: string, { keyId, dataKey }: Sealed): boolean {
    try {
      decrypt(this.#ringKey(keyId), `key ${place}`, dataKey);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * @throws {GatewayError} naming the ring key that is gone.
   * @throws {Error} when it was sealed elsewhere or was changed.
   */
  open(place: string, sealed: Sealed): Uint8Array {
    const dataKey = decrypt(this.#ringKey(sealed.keyId), `key ${place}`, sealed.dataKey);
    return decrypt(dataKey, place, sealed.data);
  }

  /**
   * 32 bytes that every instance derives alike from the key that seals (HKDF, RFC 5869), for what does not outlive it.
   * @param purpose Keys of different purposes have nothing to do with each other.
   */
  deriveKey(purpose: string): Uint8Array {
    return derivedKey(this.#ringKey(this.#current), purpose);
  }

  /** What `deriveKey` gives instances whose ring has another one of its keys in front, its own first. */
  deriveKeys(purpose: string): [Uint8Array, ...Uint8Array[]] {
    const others = [...this.#ring].filter(([id]) => id !== this.#current);
    return [this.deriveKey(purpose), ...others.map(([, key]) => derivedKey(key, purpose))];
  }

  #ringKey(id: string): Buffer {
    const key = this.#ring.get(id);
    if (key === undefined) throw missingKey(id);
    return key;
  }
}

function missingKey(id: string): GatewayError {
  return new GatewayError(
    'internal_error',
    `This was sealed by the key "${id}", which this gateway no longer has.`,
    `Nothing is lost. Its operator has to put the key "${id}" back into VAULT_KEYS.`,
    { cause: new Error(`The vault key ring has no key ${id}.`) },
  );
}

function derivedKey(key: Buffer, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `derived ${purpose}`, KEY_BYTES));
}

function encrypt(key: Buffer, place: string, value: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function decrypt(key: Buffer, place: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new Error('The vault could not open what is sealed: it was changed, or belongs elsewhere.', {
      cause,
    });
  }
}

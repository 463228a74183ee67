/** Keys of a deployment: that they are of their form, and that what runs and what is deployed open each other's. */
import { openKeyRing } from '../../../../functions/src/keys/key-ring.ts';
import { parseOauthKeys } from '../../../../functions/src/oauth/provider/keys.ts';
import { Vault } from '../../../../functions/src/store/vault/vault.ts';

/** A secret with keys: of what form it is, and its keys of each kind, those in use first. */
interface KeySecret {
  readonly name: 'VAULT_KEYS' | 'SIGN_IN_KEYS' | 'OAUTH_KEYS';
  /** A function that is given it. */
  readonly reader: string;
  /** @throws {Error} without repeating any. */
  kindsOf(text: string): Promise<Keys[]>;
}

/** By what tells a key from all others; the first one is in use. */
type Keys = readonly { id: string; is: string }[];

export const KEY_SECRETS: readonly KeySecret[] = [
  { name: 'VAULT_KEYS', reader: 'mcp', kindsOf: ringKeys },
  { name: 'SIGN_IN_KEYS', reader: 'signIn', kindsOf: ringKeys },
  { name: 'OAUTH_KEYS', reader: 'oauth', kindsOf: oauthKeys },
];

/**
 * What is wrong with taking `next` into use where `running` is in use. Functions are updated one after the other: each
 * has to open what the others seal.
 * @param running Null: none is deployed.
 */
export async function keyProblems(
  { name, kindsOf }: KeySecret,
  next: string,
  running: string | null,
): Promise<string[]> {
  let after: Keys[];
  try {
    after = await kindsOf(next.trim());
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
  if (running === null) return [];
  const before = await kindsOf(running.trim());
  return after.flatMap((keys, kind) => stepProblems(name, before[kind] ?? [], keys));
}

function stepProblems(name: string, [inUse, ...others]: Keys, after: Keys): string[] {
  const known = [inUse, ...others].map((key) => key?.is);
  const [first] = after;
  const problems: string[] = [];
  if (inUse !== undefined && !after.some(({ is }) => is === inUse.is))
    problems.push(
      `${name}: the key ${inUse.id}, which seals now, is not in it. Put it back, behind the new.`,
    );
  if (first !== undefined && !known.includes(first.is))
    problems.push(
      `${name}: the key ${first.id} is new and in front. Put it behind ${inUse?.id} and deploy, then in front.`,
    );
  return problems;
}

async function ringKeys(text: string): Promise<Keys[]> {
  const blank = async () => new Uint8Array(32);
  new Vault(await openKeyRing(text, blank));
  return [text.split(',').map((entry) => ({ id: entry.trim().split(':')[0] ?? '', is: entry.trim() }))];
}

async function oauthKeys(text: string): Promise<Keys[]> {
  const { signing, sealing } = parseOauthKeys(text);
  return [
    signing.map(({ kid, d }) => ({ id: kid, is: `${kid} ${d}` })),
    sealing.map(({ kid, bytes }) => ({ id: kid, is: `${kid} ${Buffer.from(bytes).toString('base64')}` })),
  ];
}

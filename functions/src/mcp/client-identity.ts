/** Which program is calling, for the audit: told on every call since 2026-07-28, before that only once. */
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { KeyClient } from '../store/credentials/api-keys.ts';
import type { Credential } from '../store/credentials/credentials.ts';
import { plainText } from '../text/outside-text.ts';
import { textToKeep } from '../text/redaction.ts';

const MOST_CHARACTERS = 100;

/** Text from outside, fit for a table cell and to be kept. */
const label = z.string().transform((text) => textToKeep(plainText(text, MOST_CHARACTERS), MOST_CHARACTERS));
const implementation = z.object({ name: label, version: label });
const introduction = z.object({
  method: z.literal('initialize'),
  params: z.object({ clientInfo: implementation }),
});
const envelope = z.object({
  params: z.object({ _meta: z.object({ [CLIENT_INFO_META_KEY]: implementation }) }),
});

/** The client that an `initialize` message introduces, or null for any other message. */
export function readIntroduction(message: unknown, userAgent: string): KeyClient | null {
  const { data } = introduction.safeParse(message);
  return data === undefined ? null : { ...data.params.clientInfo, userAgent: label.parse(userAgent) };
}

/**
 * The caller's name and version: from the message itself; else from the introduction that the same key and
 * `User-Agent` sent earlier; else the name a host registered with; else from the `User-Agent` (RFC 9110 section
 * 10.1.5).
 */
export function identifyClient(
  message: unknown,
  userAgent: string,
  { client: known, source, label: registeredName }: Pick<Credential, 'client' | 'source' | 'label'>,
): { name: string; version: string } {
  const own =
    readIntroduction(message, userAgent) ??
    envelope.safeParse(message).data?.params._meta[CLIENT_INFO_META_KEY];
  if (own !== undefined) return { name: own.name, version: own.version };
  const agent = label.parse(userAgent);
  if (known !== null && known.userAgent === agent) return { name: known.name, version: known.version };
  if (source === 'oauth') return { name: registeredName, version: '' };
  const [name = '', version = ''] = (agent.split(' ')[0] ?? '').split('/');
  return { name: name || 'unknown', version };
}

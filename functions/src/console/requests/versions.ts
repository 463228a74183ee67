/** Changes that were made from an old version of what they change, as HTTP tells of them (RFC 9110, section 13.1.1). */

import type { Context } from 'hono';
import { ChangedElsewhere, type Versioned } from '../../store/changed-settings.ts';
import { ApiError, notFoundError } from './api-error.ts';

/** No settings have this version. */
const NONE = -1;

/** The version that a change was made from, by its body or `If-Match`; undefined: it is meant for any. */
export function knownVersion(context: Context, inBody: number | undefined): number | undefined {
  const header = context.req.header('If-Match')?.trim();
  if (header === undefined || header === '*') return inBody;
  // Weak where something on the way compressed the answer.
  const named = Number(/^(?:W\/)?"(\d{1,15})"$/.exec(header)?.[1] ?? NONE);
  return inBody === undefined || inBody === named ? named : NONE;
}

/** Names the version of the settings that are answered. */
export function showVersion(context: Context, { version }: { version: number }): void {
  context.header('ETag', `"${version}"`);
}

/**
 * Waits for a change.
 * @param what The settings are, such as `connection`: the answer's name for them.
 * @param shown The settings as they are answered.
 * @throws {ApiError} 409 with the settings as they are, when they were changed since; 404 when they are gone.
 */
export async function refuseStaleChange<Changed extends { after: Versioned }>(
  context: Context,
  change: Promise<Changed | null>,
  what: 'connection' | 'key' | 'app' | 'channel',
  shown: (settings: Changed['after']) => object,
): Promise<Changed> {
  try {
    const changed = await change;
    if (changed === null) throw notFoundError(what);
    showVersion(context, changed.after);
    return changed;
  } catch (cause) {
    if (!(cause instanceof ChangedElsewhere)) throw cause;
    showVersion(context, cause.current);
    const message =
      'These settings were changed since you read them, and stay as they are: see what they are now.';
    const answer = { [what]: shown(cause.current) };
    throw new ApiError(409, 'changed_elsewhere', message, { cause, answer });
  }
}

/** `/api/apps`: the hosts that a person let use a connection. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { failure } from '../failure.ts';
import { APPROVAL_MODES } from '../rules/approval.ts';
import { limitChanges, storedLimits } from '../rules/limits.ts';
import { SCOPES } from '../rules/scope.ts';
import { knownVersion, version } from '../version.ts';

/** What is absent stays as it is; of lists, all is replaced. */
export const appChanges = z
  .strictObject({
    version: knownVersion,
    limits: limitChanges.exactOptional(),
    approval: z.enum(APPROVAL_MODES).nullable().exactOptional(),
  })
  .refine(({ version: _, ...given }) => Object.keys(given).length > 0, 'limits, approval or both');
export type AppChanges = z.input<typeof appChanges>;

const connectedApp = z.strictObject({
  grantId: z.string(),
  connectionId: z.string(),
  scope: z.enum(SCOPES),
  /** Its own name for itself, which proves nothing. */
  clientName: z.string(),
  /** Where the host was sent back to: a host name, or the scheme of an app on a computer. */
  redirectHost: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  /** What it may do within what the connection allows. */
  limits: storedLimits,
  approval: z.enum(APPROVAL_MODES).nullable(),
  version,
});
/** A host that its owner connected by a consent. */
export type ConnectedApp = z.output<typeof connectedApp>;

const replayedApp = z.strictObject({
  grantId: z.string(),
  connectionId: z.string(),
  clientName: z.string(),
  replayedAt: time,
});
/** An app that lost its access because a code or a token of it was used again, as when one was stolen. */
export type ReplayedApp = z.output<typeof replayedApp>;

/** `replayed`: until the app is connected anew, or its record has expired. */
export const appList = listOf(connectedApp).extend({ replayed: z.array(replayedApp) });
export type AppList = z.output<typeof appList>;

export const changedApp = z.strictObject({ app: connectedApp });
export type ChangedApp = z.output<typeof changedApp>;

/** With status 409: the app as it is. */
export const appConflict = failure.extend(changedApp.shape);
export type AppConflict = z.output<typeof appConflict>;

/** `/api/consent/:uid`: what a host asks for, and what its user answers. */

import { z } from 'zod';
import { recordId } from '../../text/record-id.ts';
import { time } from '../answer-parts.ts';
import { ACCOUNT_MODES, CONNECTION_KINDS } from '../connection-kind.ts';
import { APPROVAL_MODES } from '../rules/approval.ts';
import { limitsSchema } from '../rules/limits.ts';
import { SCOPES } from '../rules/scope.ts';

const client = z.strictObject({
  clientId: z.string(),
  /** The client's own name for itself, which proves nothing. */
  name: z.string(),
  /** The domain that publishes the client's description; null when it just registered itself. */
  host: z.string().nullable(),
  /**
   * Whether the answer goes to the domain that publishes the client's description. Elsewhere `host` only says that it
   * may go there, and what answers on this machine no document can vouch for: any program could have sent its address
   * (draft-ietf-oauth-client-id-metadata-document, security considerations).
   */
  verified: z.boolean(),
  /** Where the answer goes: a host, or the scheme of an app. */
  redirectHost: z.string(),
  /** The answer goes to this computer, where any program could have asked. */
  isLocalApp: z.boolean(),
  /** The page it gives about itself, if it is a safe one to link to. */
  uri: z.string().nullable(),
});
/** Who asks, as far as that is known. */
export type ConsentClient = z.output<typeof client>;

const earlierGrant = z.strictObject({
  grantId: z.string(),
  connectionId: z.string(),
  scope: z.enum(SCOPES),
  createdAt: time,
  lastUsedAt: time.nullable(),
});
/** What this host was allowed before, and still is. */
export type EarlierGrant = z.output<typeof earlierGrant>;

export const consentRequest = z.strictObject({
  client,
  requestedScopes: z.array(z.string()),
  /** Those that the user may choose from. */
  connections: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      kind: z.enum(CONNECTION_KINDS),
      mode: z.enum(ACCOUNT_MODES),
    }),
  ),
  earlierGrants: z.array(earlierGrant),
});
export type ConsentRequest = z.output<typeof consentRequest>;

/** `GET /api/consent/:uid/client`: who asks, for the browser that was sent here, before anybody is signed in at it. */
export const askingApp = z.strictObject({
  client: client.pick({ name: true, host: true, verified: true, redirectHost: true }),
});
export type AskingApp = z.output<typeof askingApp>;

export const consentDecision = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('deny') }),
  z.strictObject({
    decision: z.literal('approve'),
    connectionId: recordId,
    scope: z.enum(SCOPES),
    revokeEarlier: z.boolean().default(false),
    approval: z.enum(APPROVAL_MODES).nullable().default(null),
    limits: limitsSchema.default({}),
  }),
]);
export type ConsentDecision = z.input<typeof consentDecision>;

/** Where the browser has to go now. */
export const consentResult = z.strictObject({ redirectTo: z.string() });
export type ConsentResult = z.output<typeof consentResult>;

/** `/api/connections/:id/keys` and `/api/keys/:keyId`: bearer tokens of a connection. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { failure } from '../failure.ts';
import { label } from '../label.ts';
import { APPROVAL_MODES } from '../rules/approval.ts';
import { MOST_ADDRESS_RANGES } from '../rules/bounds.ts';
import { limitChanges, limitsSchema, storedLimits } from '../rules/limits.ts';
import { SCOPES } from '../rules/scope.ts';
import { knownVersion, version } from '../version.ts';

/** Addresses and ranges, such as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`; none: everywhere. */
const allowedIps = z.array(z.string()).max(MOST_ADDRESS_RANGES);

const rules = {
  approval: z.enum(APPROVAL_MODES).nullable().exactOptional(),
  allowedIps: allowedIps.exactOptional(),
};

export const newApiKey = z.strictObject({
  label,
  scope: z.enum(SCOPES).default('write'),
  /** A time in the future; null and absent: never. */
  expiresAt: z.iso.datetime({ offset: true }).nullable().exactOptional(),
  limits: limitsSchema.exactOptional(),
  ...rules,
});
export type NewApiKey = z.input<typeof newApiKey>;

/** What is absent stays as it is; of lists, all is replaced. */
export const apiKeyChanges = z.strictObject({
  version: knownVersion,
  label: label.exactOptional(),
  limits: limitChanges.exactOptional(),
  ...rules,
});
export type ApiKeyChanges = z.input<typeof apiKeyChanges>;

const apiKey = z.strictObject({
  /** SHA-256 of the key, in hex. */
  id: z.string(),
  connectionId: z.string(),
  label: z.string(),
  scope: z.enum(SCOPES),
  /** The characters to know it by. */
  first: z.string(),
  last: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  /** What it may do within what the connection allows. */
  limits: storedLimits,
  approval: z.enum(APPROVAL_MODES).nullable(),
  /** Ranges of addresses it may be used from; everywhere when there are none. */
  allowedIps: z.array(z.string()),
  version,
});
/** A key; its text is told once, when it is made. */
export type ApiKey = z.output<typeof apiKey>;

export const apiKeyList = listOf(apiKey);
export type ApiKeyList = z.output<typeof apiKeyList>;

export const createdApiKey = z.strictObject({ key: apiKey, apiKey: z.string() });
export type CreatedApiKey = z.output<typeof createdApiKey>;

export const changedApiKey = z.strictObject({ key: apiKey });
export type ChangedApiKey = z.output<typeof changedApiKey>;

/** With status 409: the key as it is. */
export const apiKeyConflict = failure.extend(changedApiKey.shape);
export type ApiKeyConflict = z.output<typeof apiKeyConflict>;

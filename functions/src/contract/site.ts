/** What pages have to know of the deployment and of who looks at them. */

import { z } from 'zod';
import { errorCode } from './failure.ts';
import { SCOPES } from './rules/scope.ts';

/** Who runs a deployment, as they say themselves; null for what they do not say. */
const operator = z.strictObject({
  name: z.string().nullable(),
  /** An address for mail, or of a page. */
  contact: z.string().nullable(),
  termsUrl: z.string().nullable(),
  privacyUrl: z.string().nullable(),
  statusUrl: z.string().nullable(),
});
export type Operator = z.output<typeof operator>;

/** `GET /api/config`: where and as what the pages sign people in, as Firebase's browser library takes it, and what they say. */
export const publicConfig = z.strictObject({
  projectId: z.string(),
  /** Names the project to Firebase. Null when the deployment was given none: nobody can sign in then. */
  apiKey: z.string().nullable(),
  authDomain: z.string(),
  /** The origin of the Auth emulator that stands in for Firebase on one machine. */
  authEmulator: z.string().nullable(),
  /** For how many days records of the audit are kept. */
  auditDays: z.number(),
  /** Whether people may have it sign in to IBKR for them. */
  managedSignIn: z.boolean(),
  /** Whether it sends mails. */
  sendsMail: z.boolean(),
  operator,
});
export type PublicConfig = z.output<typeof publicConfig>;

/** `GET /api/health`: it answers, with settings that are right. */
export const health = z.strictObject({ status: z.literal('ok') });
export type Health = z.output<typeof health>;

/** `GET /api/status`: how the service is, for its operators. */
export const serviceStatus = z.strictObject({
  status: z.enum(['well', 'attention']),
  at: z.iso.datetime(),
  checks: z.array(
    z.strictObject({
      name: z.enum(['database', 'vault', 'sessions', 'orders', 'unknown_orders']),
      isWell: z.boolean(),
      detail: z.string(),
    }),
  ),
});
export type ServiceStatus = z.output<typeof serviceStatus>;

/** `GET /api/demo-sign-in`: on one's own machine, a user of the simulated IBKR. */
export const demoSignIn = z.strictObject({
  username: z.string(),
  password: z.string(),
  totpSecret: z.string(),
  signInUrl: z.string(),
});
export type DemoSignIn = z.output<typeof demoSignIn>;

/** `GET /api/me`: who is signed in. */
export const signedInUser = z.strictObject({
  uid: z.string(),
  email: z.string(),
  /** Whether the deployment has a simulator for sandbox connections. */
  sandboxAvailable: z.boolean(),
});
export type SignedInUser = z.output<typeof signedInUser>;

/** The part of JSON Schema 2020-12 that tool arguments use. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  format?: string;
}

const toolAnnotations = z.strictObject({
  /** Changes nothing at IBKR, and of what the service keeps only what it knows of IBKR. */
  readOnlyHint: z.boolean(),
  /** May end or replace something that cannot be brought back. */
  destructiveHint: z.boolean(),
  /** The same call again changes nothing more. */
  idempotentHint: z.boolean(),
  /** Talks to something outside the service. */
  openWorldHint: z.boolean(),
});
/** Hints for hosts that ask before they act. All four are given for every tool, truthfully. */
export type ToolAnnotations = z.output<typeof toolAnnotations>;

const tool = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** One paragraph, written for a model. */
  description: z.string(),
  scope: z.enum(SCOPES),
  annotations: toolAnnotations,
  inputSchema: z.custom<JsonSchema>((schema) => typeof schema === 'object' && schema !== null),
});
export type ToolReference = z.output<typeof tool>;

const error = z.strictObject({
  code: errorCode,
  retryable: z.boolean(),
  meaning: z.string(),
  remedy: z.string(),
});
export type ErrorReference = z.output<typeof error>;

/** `GET /api/reference`: every tool and every error code, from their own definitions. */
export const reference = z.strictObject({ tools: z.array(tool), errors: z.array(error) });
export type Reference = z.output<typeof reference>;

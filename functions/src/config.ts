/**
 * Every setting the service reads from its environment, parsed once.
 * Locally the supervisor sets them; deployed they come from `functions/.env.<project>`.
 */
import { z } from 'zod';
import type { Operator } from './contract/site.ts';
import { isDeployed, localSettings } from './local-settings.ts';
import { ipRange } from './network/ip-ranges.ts';

const origin = z
  .url({ protocol: /^https?$/ })
  .refine((value) => new URL(value).origin === value, 'an origin has no path and no trailing slash');

/** Addresses with commas between, in lower case. */
const addresses = (form: RegExp, problem: string) =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const given = text.split(',').map((each) => each.trim().toLowerCase());
      return given.filter((each) => {
        if (each !== '' && !form.test(each)) context.addIssue(`${each} ${problem}`);
        return each !== '';
      });
    });

const environment = z.object({
  /** What users see in the address bar, for example `https://gateway.example.com`. */
  PUBLIC_ORIGIN: origin,
  /** The simulator behind sandbox connections; without it there are none. */
  SIMULATOR_URL: origin.optional(),
  /** What the simulator answers to, the same as in its `--key-file`; a deployment's answers nobody else. */
  SIMULATOR_KEY: z.string().min(32).optional(),
  /** Everything runs on one machine: loopback addresses are then allowed where they otherwise are not. */
  LOCAL_MODE: z.stringbool().default(false),
  /** The key ring that seals connections' secrets; `store/vault/vault.ts` says its form. */
  VAULT_KEYS: z.string().min(1),
  /** The key ring that seals IBKR passwords, of the same form; the function `signIn` alone is given it. */
  SIGN_IN_KEYS: z.string().min(1).optional(),
  /** Where the other functions reach `signIn`; its own address in the cloud where it is left out. */
  SIGN_IN_URL: z.url().optional(),
  /** The keys of the authorization server, which alone is given them; `oauth/keys.ts` says their form. */
  OAUTH_KEYS: z.string().min(1).optional(),
  /** How long an access token works. Some hosts never refresh, and ask their user to connect again when it ends. */
  ACCESS_TOKEN_MINUTES: z.coerce.number().int().min(30).max(43_200).default(1440),
  /** How often one key or app may call `/mcp`, for each instance; above 600, people may call the console's API more often. */
  CALLS_PER_MINUTE: z.coerce.number().int().positive().default(600),
  /** How long records of the audit are kept. */
  AUDIT_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  /** The Firebase project; the runtime sets it. */
  GCLOUD_PROJECT: z.string().min(1),
  /** The web API key of the project, with which the pages sign people in. */
  WEB_API_KEY: z.string().min(1).optional(),
  /**
   * The proxies in front of the functions (Hosting's), as ranges with commas between: `client-address.ts` says what
   * they are trusted with. Without them, an API key that is bound to addresses works only at the functions' own URL,
   * and limits for one address of the authorization server count whoever comes through Hosting together.
   */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text, context) => {
      const given = text.split(',').filter((range) => range.trim() !== '');
      return given.map((range) => {
        const parsed = ipRange(range);
        if (parsed === null) context.addIssue(`${range.trim()} is no range such as 203.0.113.0/24`);
        return parsed ?? '';
      });
    }),
  /**
   * Who may sign in, as addresses and `@domain`s with commas between. Without it everyone with a Google account may:
   * they see nothing of each other, but use the project.
   */
  ALLOWED_EMAILS: addresses(/^[^@\s]*@[^@\s]+$/, 'is neither an address nor @domain'),
  /** What OpenAI's directory asks to be told at `/.well-known/openai-apps-challenge`, to see whose domain it is. */
  OPENAI_CHALLENGE: z
    .string()
    .regex(/^[\w.~+/=-]{1,256}$/, 'a word as OpenAI gives it')
    .optional(),
  /** Whose sign-in may see `/api/status`, as addresses with commas between; nobody's without it. */
  OPERATOR_EMAILS: addresses(/^[^@\s]+@[^@\s]+$/, 'is no address'),
  /**
   * Whether people may have this deployment sign in to IBKR with their name and password. Where it is left out, on one's
   * own machine and where `ALLOWED_EMAILS` says who may sign in: everybody else's secrets are not taken by default.
   */
  MANAGED_SIGN_IN: z.enum(['on', 'off']).optional(),
  /** By which mails leave, with user and password, such as `smtps://user:password@smtp.example.com`; without it none do. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whom mails are from, such as `IBKR Gateway <gateway@example.com>`. */
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\p{Cc}]*<)?[^\s<>@]+@[\w.-]+>?$/u, 'an address, or a name and <an address>')
    .optional(),
  /** Who runs the deployment, as the page about it says. */
  OPERATOR_NAME: z.string().trim().min(1).max(100).optional(),
  /** Where people reach them: an address for mail, or of a page. */
  OPERATOR_CONTACT: z.union([z.email(), z.url({ protocol: /^https$/ })]).optional(),
  /** Pages of theirs, where they have some. */
  TERMS_URL: z.url({ protocol: /^https$/ }).optional(),
  PRIVACY_URL: z.url({ protocol: /^https$/ }).optional(),
  STATUS_URL: z.url({ protocol: /^https$/ }).optional(),
  /** `host:port`; the emulators set it, and Firebase's own libraries read it too. */
  FIREBASE_AUTH_EMULATOR_HOST: z.string().min(1).optional(),
});

export interface Config {
  publicOrigin: string;
  simulatorUrl: string | undefined;
  simulatorKey: string | undefined;
  localMode: boolean;
  vaultKeys: string;
  signInKeys: string | undefined;
  signInUrl: string;
  oauthKeys: string | undefined;
  accessTokenSeconds: number;
  callsPerMinute: number;
  auditDays: number;
  projectId: string;
  webApiKey: string | undefined;
  authEmulator: string | undefined;
  trustedProxies: readonly string[];
  managedSignIn: boolean;
  /** How mails leave; undefined: none do. */
  mail: { url: string; from: string } | undefined;
  /** Who runs the deployment, as far as they say. */
  operator: Operator;
  /** In lower case; nobody is named: everyone. */
  allowedEmails: readonly string[];
  /** In lower case. */
  operatorEmails: readonly string[];
  openaiChallenge: string | undefined;
}

/** Where the functions run. */
export const REGION = 'us-central1';
/** Settings that Secret Manager holds when deployed. Locally they come with the others. */
export const SECRETS = process.env.FUNCTIONS_EMULATOR === 'true' ? [] : ['VAULT_KEYS'];
/** Those of the authorization server on top. */
export const OAUTH_SECRETS = process.env.FUNCTIONS_EMULATOR === 'true' ? [] : ['OAUTH_KEYS'];
/** That of the function that signs in to IBKR, on top. */
export const SIGN_IN_SECRETS = process.env.FUNCTIONS_EMULATOR === 'true' ? [] : ['SIGN_IN_KEYS'];
/** Those of the functions that send mails, on top, where mails have a sender. */
export const MAIL_SECRETS =
  process.env.FUNCTIONS_EMULATOR === 'true' || !process.env.MAIL_FROM ? [] : ['SMTP_URL'];
/** The service account of the functions; without one, the project's default. Cloud Tasks call them as it. */
export const { FUNCTIONS_ACCOUNT } = process.env;
/** The service account that `signIn` runs as, alone, and the one of the other functions, which may call it. */
export const { SIGN_IN_ACCOUNT, SIGN_IN_CALLER = FUNCTIONS_ACCOUNT } = process.env;

/** The connector to a network, through which everything then leaves: that network has an address of its own. */
export const { VPC_CONNECTOR } = process.env;

/** Settings that name a service account. */
export const ACCOUNT_SETTINGS: readonly string[] = ['FUNCTIONS_ACCOUNT', 'SIGN_IN_ACCOUNT', 'SIGN_IN_CALLER'];
/** Settings by which functions are deployed, which none reads when it runs. */
const FOR_DEPLOYMENT = [
  ...ACCOUNT_SETTINGS,
  'VPC_CONNECTOR',
  'NODE_ENV',
  'NODE_OPTIONS',
  'FIRESTORE_ENABLE_TRACING',
  'MALLOC_ARENA_MAX',
];

/** The settings that there are, by name. */
export const SETTINGS: readonly string[] = [...Object.keys(environment.shape), ...FOR_DEPLOYMENT];
/** Those that Secret Manager holds. */
export const SECRET_SETTINGS = ['VAULT_KEYS', 'SIGN_IN_KEYS', 'OAUTH_KEYS', 'SMTP_URL'] as const;
/** How many connections are looked after at once: the emulator starts a process for each, deployed one takes many. */
export const UPKEEP_AT_ONCE = process.env.FUNCTIONS_EMULATOR === 'true' ? 2 : 50;
/** Whether the function of this process is called with events, as the functions runtime is told. */
export const TAKES_EVENTS = process.env.FUNCTION_SIGNATURE_TYPE === 'cloudevent';

let parsed: Config | undefined;

/**
 * Ends a function in the cloud that has not the settings it needs, or some of one's own machine, with a line in its log:
 * it then never replaces one that works. To be called while the functions are loaded.
 */
export function stopWithoutSettings(): void {
  if (!isDeployed(process.env)) return;
  try {
    config();
  } catch (error) {
    console.error((error as Error).message.replaceAll(/\s+/g, ' '));
    process.exit(1);
  }
}

/**
 * The settings. Parsed at the first call rather than at import, because the Firebase CLI loads the
 * functions to list them before any setting exists.
 * @throws {Error} naming every setting that is missing or malformed, or that no deployment may have.
 */
export function config(): Config {
  if (parsed === undefined) {
    parsed = readConfig(process.env);
  }
  return parsed;
}

/**
 * What an environment sets; that of a function in the cloud is told by what Cloud Run sets.
 * @throws {Error} as {@link config}.
 */
export function readConfig(given: Readonly<Record<string, string | undefined>>): Config {
  const local = isDeployed(given) ? localSettings(given) : [];
  if (local.length > 0) {
    throw new Error(`A deployed function must not have settings of a local stack: ${local.join('; ')}.`);
  }
  const result = environment.safeParse(given);
  if (!result.success) throw new Error(`Settings are wrong:\n${z.prettifyError(result.error)}`);
  return {
    publicOrigin: result.data.PUBLIC_ORIGIN,
    simulatorUrl: result.data.SIMULATOR_URL,
    simulatorKey: result.data.SIMULATOR_KEY,
    localMode: result.data.LOCAL_MODE,
    vaultKeys: result.data.VAULT_KEYS,
    signInKeys: result.data.SIGN_IN_KEYS,
    signInUrl:
      result.data.SIGN_IN_URL ?? `https://${REGION}-${result.data.GCLOUD_PROJECT}.cloudfunctions.net/signIn`,
    oauthKeys: result.data.OAUTH_KEYS,
    accessTokenSeconds: result.data.ACCESS_TOKEN_MINUTES * 60,
    callsPerMinute: result.data.CALLS_PER_MINUTE,
    auditDays: result.data.AUDIT_DAYS,
    projectId: result.data.GCLOUD_PROJECT,
    webApiKey: result.data.WEB_API_KEY,
    authEmulator: result.data.FIREBASE_AUTH_EMULATOR_HOST,
    trustedProxies: result.data.TRUSTED_PROXIES,
    managedSignIn: managedSignIn(result.data),
    mail: mailOf(result.data),
    operator: operatorOf(result.data),
    allowedEmails: result.data.ALLOWED_EMAILS,
    operatorEmails: result.data.OPERATOR_EMAILS,
    openaiChallenge: result.data.OPENAI_CHALLENGE,
  };
}

/** Functions that send none are given no server. */
function mailOf({ SMTP_URL: url, MAIL_FROM: from }: z.output<typeof environment>): Config['mail'] {
  return url !== undefined && from !== undefined ? { url, from } : undefined;
}

function operatorOf(set: z.output<typeof environment>): Operator {
  return {
    name: set.OPERATOR_NAME ?? null,
    contact: set.OPERATOR_CONTACT ?? null,
    termsUrl: set.TERMS_URL ?? null,
    privacyUrl: set.PRIVACY_URL ?? null,
    statusUrl: set.STATUS_URL ?? null,
  };
}

function managedSignIn(set: z.output<typeof environment>): boolean {
  const { MANAGED_SIGN_IN, LOCAL_MODE, ALLOWED_EMAILS } = set;
  return MANAGED_SIGN_IN === undefined ? LOCAL_MODE || ALLOWED_EMAILS.length > 0 : MANAGED_SIGN_IN === 'on';
}

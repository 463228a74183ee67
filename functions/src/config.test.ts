/** That no deployment runs with settings of one's own machine. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { runFunction } from './testing/runtime/functions-runtime.ts';

const KEY = randomBytes(32).toString('base64');
const DEPLOYED = {
  K_SERVICE: 'mcp',
  K_REVISION: 'mcp-00001-abc',
  K_CONFIGURATION: 'mcp',
  PUBLIC_ORIGIN: 'https://gateway.example',
  SIMULATOR_URL: 'https://simulator.example',
  SIMULATOR_KEY: 'k'.repeat(32),
  GCLOUD_PROJECT: 'our-gateway',
  VAULT_KEYS: `2026:${KEY}`,
  LOCAL_MODE: 'false',
};
/** As the Functions emulator has it. */
const EMULATED = {
  ...DEPLOYED,
  K_REVISION: '1',
  FUNCTIONS_EMULATOR: 'true',
  FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099',
  PUBLIC_ORIGIN: 'http://localhost:4280',
  GCLOUD_PROJECT: 'demo-gateway',
  VAULT_KEYS: `local:${KEY}`,
  LOCAL_MODE: 'true',
};

let readings = 0;

/** The settings that are read in such an environment. */
async function settingsIn(environment: Record<string, string>) {
  for (const name of ['FIRESTORE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // They are read once by each module of settings: this is another one.
  const { config }: typeof import('./config.ts') = await import(`./config.ts?read=${readings++}`);
  try {
    return config();
  } finally {
    vi.unstubAllEnvs();
  }
}

describe('who runs it', () => {
  it('is said as far as it is set', async () => {
    const set = {
      OPERATOR_NAME: 'Example Ltd',
      OPERATOR_CONTACT: 'help@example.com',
      STATUS_URL: 'https://status.example.com',
    };
    expect(await settingsIn({ ...DEPLOYED, ...set })).toMatchObject({
      operator: {
        name: 'Example Ltd',
        contact: 'help@example.com',
        statusUrl: 'https://status.example.com',
        termsUrl: null,
        privacyUrl: null,
      },
    });
  });

  it.each([
    ['OPERATOR_CONTACT', 'javascript:alert(1)'],
    ['OPERATOR_CONTACT', 'http://example.com'],
    ['TERMS_URL', 'javascript:alert(1)'],
  ])('is told by no %s such as %s', async (name, value) => {
    await expect(settingsIn({ ...DEPLOYED, [name]: value })).rejects.toThrow(name);
  });
});

describe('signing in to IBKR for people', () => {
  it.each([
    ['nowhere that everybody may use', {}, false],
    ['where it is set on purpose', { MANAGED_SIGN_IN: 'on' }, true],
    ['where somebody says who may sign in', { ALLOWED_EMAILS: 'me@example.com' }, true],
    [
      'not even there where it is turned off',
      { ALLOWED_EMAILS: 'me@example.com', MANAGED_SIGN_IN: 'off' },
      false,
    ],
  ])('is on: %s', async (_, more, managedSignIn) => {
    expect(await settingsIn({ ...DEPLOYED, ...more })).toMatchObject({ managedSignIn });
  });

  it('is on on one’s own machine', async () => {
    expect(await settingsIn(EMULATED)).toMatchObject({ managedSignIn: true });
  });
});

describe('in the cloud', () => {
  it('takes settings of a deployment', async () => {
    expect(await settingsIn(DEPLOYED)).toMatchObject({ localMode: false, authEmulator: undefined });
  });

  it.each([
    ['LOCAL_MODE', 'true'],
    ['LOCAL_MODE', 'yes'],
    ['LOCAL_MODE', '1'],
    ['LOCAL_MODE', 'on'],
    ['LOCAL_MODE', 'enabled'],
    ['FUNCTIONS_EMULATOR', 'true'],
    ['FIREBASE_AUTH_EMULATOR_HOST', 'evil.example:80'],
    ['FIRESTORE_EMULATOR_HOST', '127.0.0.1:8080'],
    ['FIREBASE_DATABASE_EMULATOR_HOST', '127.0.0.1:9000'],
    ['CLOUD_TASKS_EMULATOR_HOST', '127.0.0.1:9499'],
    ['FIREBASE_DEBUG_MODE', 'true'],
    ['FIREBASE_DEBUG_FEATURES', '{"skipTokenVerification":true}'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['PUBLIC_ORIGIN', 'http://gateway.example'],
    ['PUBLIC_ORIGIN', 'https://localhost:4280'],
    ['PUBLIC_ORIGIN', 'https://127.0.0.1'],
    ['PUBLIC_ORIGIN', 'https://[::1]:4280'],
    ['SIMULATOR_URL', 'http://simulator.example'],
    ['SIMULATOR_URL', 'https://localhost:4290'],
    ['SIMULATOR_KEY', ''],
    ['GCLOUD_PROJECT', 'demo-ibkr-gateway'],
    ['VAULT_KEYS', `local:${KEY}`],
    ['VAULT_KEYS', `2026:${KEY}, local:${KEY}`],
    ['SIGN_IN_KEYS', `local:${KEY}`],
    ['SIGN_IN_URL', 'http://signin.example'],
  ])('refuses %s=%s, in a line that names it and not its value', async (name, value) => {
    const failure = await settingsIn({ ...DEPLOYED, [name]: value }).then(() => '', String);
    expect(failure).toMatch(/^Error: A deployed function must not have settings of a local stack: [^\n]*\.$/);
    expect(failure).toContain(name);
    expect(failure).not.toContain(KEY);
  });

  it('names all of them, however the emulator is named', async () => {
    const environment = { ...EMULATED, K_REVISION: 'mcp-00002-def' };
    const failure = String(await settingsIn(environment).catch((error) => error));
    for (const name of [
      'FUNCTIONS_EMULATOR',
      'LOCAL_MODE',
      'PUBLIC_ORIGIN',
      'GCLOUD_PROJECT',
      'VAULT_KEYS',
    ]) {
      expect(failure).toContain(name);
    }
  });

  it('does not start with them, nor without a setting that it needs', async () => {
    const { PUBLIC_ORIGIN: _, ...without } = DEPLOYED;
    for (const [environment, named] of [
      [{ ...DEPLOYED, LOCAL_MODE: 'true' }, 'LOCAL_MODE is on'],
      [without, 'PUBLIC_ORIGIN'],
    ] as const) {
      const failure = String(await runFunction('mcp', environment).catch((error) => error));
      const [first, ...lines] = failure.trim().split('\n');
      expect(first).toBe('Error: mcp did not start.');
      expect(lines).toEqual([expect.stringContaining(named)]);
    }
    await runFunction('mcp', DEPLOYED);
  });
});

it('takes the settings of the local stack in the emulator', async () => {
  expect(await settingsIn(EMULATED)).toMatchObject({ localMode: true });
});

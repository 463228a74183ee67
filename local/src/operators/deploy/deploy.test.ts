import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newOauthKeys } from '../../data/secret-keys.ts';
import { run, shown } from './command.ts';
import { deploySteps } from './deploy-steps.ts';
import { type CloudState, emptyProject, isLook, PLAYED, runOn } from './played-cloud.ts';
import { gcloud, REPOSITORY, settingsFile } from './project.ts';
import { setupSteps } from './setup-steps.ts';
import { carryOut, planOf, type Step } from './steps.ts';

const PROJECT = { id: PLAYED, number: '123456', operator: 'operator@example.com', billingAccount: 'AB-CD' };
const ORIGIN = 'https://gateway.example.com';
const WISHES = { location: 'eur3', origin: ORIGIN, budget: 50 };
const SETTINGS = join(REPOSITORY, settingsFile(PLAYED));
const ring = (id: string, fill = 1) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;

afterEach(() => rm(SETTINGS, { force: true }));

async function said(steps: readonly Step[], state: CloudState): Promise<string[]> {
  const lines: string[] = [];
  await carryOut(steps, runOn(state), (line) => lines.push(line));
  return lines;
}

const setUp = (state: CloudState) => said(setupSteps(PROJECT, WISHES), state);
const deploy = (state: CloudState) => said(deploySteps(PLAYED, ORIGIN, 1), state);

/** What came of it, without how, and without the keys, which differ each time. */
function outcome({ calls: _, secrets, bindings, ...rest }: CloudState) {
  return {
    ...rest,
    bindings: Object.fromEntries(Object.entries(bindings).map(([of, each]) => [of, [...new Set(each)]])),
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, { length }]) => [name, length])),
  };
}

async function readyProject(): Promise<CloudState> {
  const state = emptyProject();
  await setUp(state);
  return state;
}

describe('setting up a project', () => {
  it('makes an empty one ready', async () => {
    const state = await readyProject();
    expect(state.databases).toMatchObject([{ locationId: 'eur3' }]);
    expect(state.google).toMatchObject({
      auth: { providers: { googleSignIn: { supportEmail: 'operator@example.com' } } },
    });
    expect(state.budgets).toHaveLength(1);
    expect(state.metrics).toContain('ibkr_order_unknown');
    expect(state.channels).toEqual(['operator@example.com']);
    expect(state.alerts).toContain('IBKR Gateway: an order is unknown');
    expect(Object.keys(state.secrets)).toEqual(['VAULT_KEYS', 'SIGN_IN_KEYS', 'OAUTH_KEYS']);
    expect(await readFile(SETTINGS, 'utf8')).toBe(
      [
        `PUBLIC_ORIGIN=${ORIGIN}`,
        `FUNCTIONS_ACCOUNT=ibkr-gateway@${PLAYED}.iam.gserviceaccount.com`,
        `SIGN_IN_ACCOUNT=ibkr-gateway-sign-in@${PLAYED}.iam.gserviceaccount.com`,
        'WEB_API_KEY=AIzaPlayed',
        '',
      ].join('\n'),
    );
  });

  it('gives the keys to passwords to the function that signs in alone', async () => {
    const { bindings } = await readyProject();
    expect(bindings.SIGN_IN_KEYS).toEqual([
      `roles/secretmanager.secretAccessor serviceAccount:ibkr-gateway-sign-in@${PLAYED}.iam.gserviceaccount.com`,
    ]);
  });

  it('changes nothing when it is run again', async () => {
    const state = await readyProject();
    const before = structuredClone(state);
    const lines = await setUp(state);
    expect(lines.filter((line) => !line.startsWith('was so'))).toEqual([]);
    expect({ ...state, calls: before.calls }).toEqual(before);
  });

  it('comes to the same wherever it failed before', async () => {
    const smooth = await readyProject();
    const acts = smooth.calls.filter((call) => {
      const [program = '', ...args] = call.split(' ');
      return !isLook({ program, args });
    });
    expect(acts.length).toBeGreaterThan(25);
    for (const command of acts) {
      for (const after of [false, true]) {
        await rm(SETTINGS, { force: true });
        const state = { ...emptyProject(), faults: [{ command, after }] };
        await expect(setUp(state)).rejects.toThrow('run this again');
        const made = structuredClone(state.secrets);
        await setUp(state);
        expect(outcome(state), `${command} ${after}`).toEqual(outcome(smooth));
        // What a secret held was not replaced.
        for (const [name, versions] of Object.entries(made))
          expect(state.secrets[name]?.slice(0, versions.length)).toEqual(versions);
      }
    }
  });

  it('makes no new keys where all are disabled', async () => {
    const state = await readyProject();
    for (const version of state.secrets.VAULT_KEYS ?? []) version.state = 'DISABLED';
    await expect(setUp(state)).rejects.toThrow('gcloud secrets versions enable');
    expect(state.secrets.VAULT_KEYS).toHaveLength(1);
  });

  it('leaves a database where it lies', async () => {
    const state = await readyProject();
    const elsewhere = setupSteps(PROJECT, { ...WISHES, location: 'nam5' });
    await expect(said(elsewhere, state)).rejects.toThrow('--location eur3');
  });

  it('keeps what the operator has set', async () => {
    await writeFile(SETTINGS, 'PUBLIC_ORIGIN=https://mine.example.com\nALLOWED_EMAILS=@example.com');
    await readyProject();
    const text = await readFile(SETTINGS, 'utf8');
    expect(text).toContain('PUBLIC_ORIGIN=https://mine.example.com\nALLOWED_EMAILS=@example.com\n');
    expect(text).not.toContain(ORIGIN);
  });
});

describe('deploying', () => {
  it('rehearses, deploys the database’s rules, the functions and the pages, and looks', async () => {
    const state = await readyProject();
    const begin = state.calls.length;
    await deploy(state);
    const acts = state.calls.slice(begin).filter((call) => !call.startsWith('gcloud'));
    expect(acts.map((call) => call.split(' ').slice(0, 4).join(' '))).toEqual([
      'npm run rehearse',
      'firebase deploy --only firestore',
      'firebase deploy --only functions',
      'firebase functions:artifacts:setpolicy --location us-central1',
      'firebase deploy --only hosting',
      'npm run doctor --',
    ]);
  });

  it('changes nothing when it fails before the functions, and goes on when it is run again', async () => {
    const state = await readyProject();
    state.rehearsal = false;
    await expect(deploy(state)).rejects.toThrow('mcp does not start');
    expect(state.functions).toEqual([]);
    state.rehearsal = true;
    state.faults = [{ command: 'firebase deploy --only functions', after: true }];
    await expect(deploy(state)).rejects.toThrow('The functions run');
    expect(state.hosting).toBe(0);
    await deploy(state);
    expect(state.hosting).toBe(1);
  });

  it('waits until indexes are built', async () => {
    const state = await readyProject();
    state.indexStates = ['READY\nCREATING', 'CREATING', 'READY\nREADY'];
    await deploy(state);
    expect(state.indexStates).toEqual(['READY\nREADY']);
    expect(state.functions).toHaveLength(1);
  });

  it.each([
    ['PUBLIC_ORIGIN', 'https://gateway.example.com/', 'no trailing slash'],
    ['PUBLIC_ORIGIN', 'http://gateway.example.com', 'PUBLIC_ORIGIN is not https'],
    ['ALLOWED_EMAIL', 'me@example.com', 'ALLOWED_EMAIL is no setting'],
    ['VAULT_KEYS', ring('k1'), 'VAULT_KEYS is a secret'],
    ['LOCAL_MODE', 'true', 'LOCAL_MODE is on'],
    ['AUDIT_DAYS', 'ninety', 'AUDIT_DAYS'],
    ['SIGN_IN_CALLER', 'nobody', 'SIGN_IN_CALLER is no service account'],
    ['VPC_CONNECTOR', 'own', 'VPC_CONNECTOR is no connector'],
    ['WEB_API_KEY', '', 'nobody could sign in'],
    ['MAIL_FROM', 'Gateway <gateway@example.com>', 'There is no secret SMTP_URL'],
  ])('refuses %s=%s before anything is deployed', async (name, value, problem) => {
    const state = await readyProject();
    await writeFile(SETTINGS, `${await readFile(SETTINGS, 'utf8')}${name}=${value}\n`);
    await expect(deploy(state)).rejects.toThrow(problem);
    expect(state.functions).toEqual([]);
    expect(state.calls.filter((call) => call.startsWith('npm'))).toEqual([]);
  });

  it.each(['VAULT_KEYS', 'OAUTH_KEYS'])('refuses malformed %s without repeating them', async (name) => {
    const state = await readyProject();
    state.secrets[name]?.push({ state: 'ENABLED', value: 'of:noform' });
    const refusal = await deploy(state).catch((error: Error) => error.message);
    expect(refusal).toContain(name === 'OAUTH_KEYS' ? 'JSON Web Key Set' : 'id:base64');
    expect(refusal).not.toContain('noform');
  });
});

describe('changing keys', () => {
  async function deployedWith(...rings: string[]): Promise<CloudState> {
    const state = await readyProject();
    for (const [index, value] of rings.entries()) {
      state.secrets.VAULT_KEYS?.push({ state: 'ENABLED', value });
      if (index < rings.length - 1) state.functions.push({ VAULT_KEYS: String(index + 2) });
    }
    return state;
  }

  it('takes a new key behind, then in front, then alone', async () => {
    const [old, next] = [ring('old'), ring('new', 2)];
    for (const [before, after] of [
      [old, `${old},${next}`],
      [`${old},${next}`, `${next},${old}`],
      [`${next},${old}`, next],
    ] as const)
      await deploy(await deployedWith(before, after));
  });

  it.each([
    ['in front at once', ring('old'), `${ring('new', 2)},${ring('old')}`, 'Put it behind old'],
    ['in place of the old', ring('old'), ring('new', 2), 'which seals now, is not in it'],
    ['under the name of the old', ring('old'), ring('old', 2), 'which seals now, is not in it'],
  ])('refuses a new key %s', async (_, before, after, problem) => {
    const state = await deployedWith(before, after);
    await expect(deploy(state)).rejects.toThrow(problem);
    expect(state.hosting).toBe(0);
  });

  it('knows keys of the authorization server as well', async () => {
    const state = await readyProject();
    await deploy(state);
    state.secrets.OAUTH_KEYS?.push({ state: 'ENABLED', value: newOauthKeys() });
    await expect(deploy(state)).rejects.toThrow('OAUTH_KEYS: the key');
  });
});

it('prints a plan with every command that is run', async () => {
  const state = await readyProject();
  await deploy(state);
  const plan = planOf([...setupSteps(PROJECT, WISHES), ...deploySteps(PLAYED, ORIGIN)])
    .replaceAll("'", '')
    .replaceAll('VERSION_IN_USE', '1')
    .replaceAll('CHANNEL', 'channels/0');
  expect(state.calls.filter((call) => !plan.includes(call))).toEqual([]);
  expect(plan).not.toContain(state.secrets.VAULT_KEYS?.[0]?.value);
});

describe('a command', () => {
  it('is shown as a shell takes it', () => {
    expect(shown(gcloud('list', '--filter=name~/mcp$', "it's"))).toBe(
      String.raw`gcloud list '--filter=name~/mcp$' 'it'\''s'`,
    );
  });

  it('is given its input, and never shows it', async () => {
    const input = { what: 'a key', make: () => 'secret' };
    const cat = { program: 'cat', args: ['-'], input };
    expect(await run(cat)).toBe('secret');
    expect(shown(cat)).toBe('cat -   # reads a key');
  });

  it('that fails says its last words', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'command-'));
    try {
      const missing = join(directory, 'none');
      await expect(run({ program: 'cat', args: [missing] })).rejects.toThrow('No such file');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('whose program is missing says where it comes from', async () => {
    await expect(run({ program: 'not-a-program', args: [] })).rejects.toThrow('not-a-program is not here');
  });
});

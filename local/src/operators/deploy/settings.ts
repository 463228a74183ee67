/** The settings of a deployment, held against what the functions themselves hold them against when they start. */
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ACCOUNT_SETTINGS, readConfig, SECRET_SETTINGS, SETTINGS } from '../../../../functions/src/config.ts';

export type Settings = Readonly<Record<string, string>>;

/** Of files such as `.env`, later ones before earlier ones. One that is not there sets nothing. */
export async function readSettings(...files: string[]): Promise<Settings> {
  const texts = await Promise.all(
    files.map((file) =>
      readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
  return Object.assign({}, ...texts.map((text) => parseEnv(text)));
}

const CONNECTOR = /^projects\/[\w.:-]+\/locations\/[\w-]+\/connectors\/[\w-]+$/;

/**
 * What is wrong with settings, in words without their values but where these are no secret.
 * @param vaultKeys The key ring as Secret Manager has it.
 */
export function settingsProblems(settings: Settings, project: string, vaultKeys: string): string[] {
  const problems = Object.keys(settings).flatMap((name) => {
    if (SECRET_SETTINGS.some((secret) => secret === name))
      return [`${name} is a secret: take it out of the file, it belongs into Secret Manager.`];
    return SETTINGS.includes(name) ? [] : [`${name} is no setting. Is it misspelt?`];
  });
  for (const name of ACCOUNT_SETTINGS) {
    if (settings[name] && !/^[^\s@]+@[\w.-]+\.gserviceaccount\.com$/.test(settings[name]))
      problems.push(`${name} is no service account.`);
  }
  if (settings.VPC_CONNECTOR && !CONNECTOR.test(settings.VPC_CONNECTOR))
    problems.push(
      'VPC_CONNECTOR is no connector, such as projects/ID/locations/us-central1/connectors/NAME.',
    );
  if (!settings.WEB_API_KEY) problems.push('WEB_API_KEY is missing: nobody could sign in.');
  try {
    // As Cloud Run would start it.
    const platform = { K_SERVICE: 'mcp', K_REVISION: 'mcp-00001-abc', GCLOUD_PROJECT: project };
    readConfig({ ...settings, ...platform, VAULT_KEYS: vaultKeys });
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}

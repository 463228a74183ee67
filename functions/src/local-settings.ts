/** Settings of one's own machine, which switch off what protects a deployment. None of them can come from a request. */
import { isLoopbackHost } from './network/public-address.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether this process is a function in the cloud: Cloud Run names its service. The Functions emulator does so too, but
 * numbers its revisions plainly, which Cloud Run's are not (`K_REVISION=mcp-00001-abc`) and nobody can set there.
 */
export function isDeployed(environment: Environment): boolean {
  const { K_SERVICE, K_REVISION, FUNCTIONS_EMULATOR } = environment;
  return Boolean(K_SERVICE) && !(FUNCTIONS_EMULATOR === 'true' && K_REVISION === '1');
}

/** What of an environment belongs on one's own machine only: the setting, and what is wrong with it. */
export function localSettings(environment: Environment): string[] {
  const found: string[] = [];
  for (const [name, value = ''] of Object.entries(environment)) {
    if (value === '') continue;
    if (/EMULATOR/.test(name)) found.push(`${name} is set`);
    // With them Firebase's library takes tokens unverified.
    else if (/^FIREBASE_DEBUG_(MODE|FEATURES)$/.test(name)) found.push(`${name} is set`);
  }
  const { LOCAL_MODE, NODE_TLS_REJECT_UNAUTHORIZED, GCLOUD_PROJECT } = environment;
  if (!/^(|false|0|no|off|n|disabled)$/i.test(LOCAL_MODE ?? '')) found.push('LOCAL_MODE is on');
  if (NODE_TLS_REJECT_UNAUTHORIZED === '0') found.push('NODE_TLS_REJECT_UNAUTHORIZED is 0');
  if (GCLOUD_PROJECT?.startsWith('demo-')) found.push('GCLOUD_PROJECT is a demo project');
  for (const ring of ['VAULT_KEYS', 'SIGN_IN_KEYS']) {
    if (/(^|,)\s*local:/.test(environment[ring] ?? '')) found.push(`${ring} has the key of a local stack`);
  }
  for (const name of ['PUBLIC_ORIGIN', 'SIMULATOR_URL', 'SIGN_IN_URL']) {
    const url = URL.parse(environment[name] ?? '');
    if (url === null) continue;
    if (url.protocol !== 'https:') found.push(`${name} is not https`);
    else if (isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ''))) found.push(`${name} is this machine`);
  }
  const { SIMULATOR_URL = '', SIMULATOR_KEY = '' } = environment;
  if (SIMULATOR_URL !== '' && SIMULATOR_KEY === '') found.push('SIMULATOR_URL is set without SIMULATOR_KEY');
  return found;
}

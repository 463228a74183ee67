/**
 * What a function shows another one to be let in: a token of its own service account, from the metadata server, which keeps
 * it for the hour that it holds.
 * @see https://cloud.google.com/run/docs/authenticating/service-to-service#acquire-token
 */

const METADATA =
  'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity';
const TIMEOUT_MS = 5_000;

/** @param audience The address of the function that is called. */
export async function identityToken(audience: string): Promise<string> {
  const answer = await fetch(`${METADATA}?audience=${encodeURIComponent(audience)}`, {
    headers: { 'Metadata-Flavor': 'Google' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`The metadata server answered ${answer.status}.`);
  return answer.text();
}

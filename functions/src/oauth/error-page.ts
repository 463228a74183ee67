/** What a person sees when a request cannot go back to the app it came from. Nothing of the request is repeated. */
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';

const EXPLANATIONS: Readonly<Record<string, string>> = {
  invalid_client: 'The app is not known here, or the description it publishes of itself cannot be read.',
  invalid_client_metadata: 'The description that the app publishes of itself is not valid.',
  invalid_redirect_uri: 'The app asked to be answered at an address that it has not registered.',
  invalid_request:
    'The request is incomplete, was already answered, or was begun in another browser or too long ago.',
  temporarily_unavailable: 'IBKR Gateway cannot answer at the moment.',
  too_many_requests: 'Too many apps are being connected at the moment. Wait a minute.',
};

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};

/** As the provider calls it. */
export function renderError(context: KoaContextWithOIDC, { error }: ErrorOut): void {
  context.set(HEADERS);
  context.body = errorPage(error);
}

export function errorResponse(status: number, error: string): Response {
  return new Response(errorPage(error), { status, headers: HEADERS });
}

/** @param error A code of RFC 6749 or its companions; anything else is shown as `server_error`. */
function errorPage(error: string): string {
  const code = /^[a-z_]{1,60}$/.test(error) ? error : 'server_error';
  const explanation = EXPLANATIONS[code] ?? 'The request could not be handled.';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Connecting did not work</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Connecting did not work</h1>
<p>${explanation}</p>
<p>Go back to the app and connect again. If that does not help, remove IBKR Gateway from the app and add it again.</p>
<p><code>${code}</code></p>
</html>
`;
}

import fc from 'fast-check';
import { errors } from 'oidc-provider';
import { describe, expect, it } from 'vitest';
import { acceptDocument, acceptRegistration, checkClient, redirectTarget } from './client-policy.ts';

/** What is checked of a client, changed as it would be. */
function checked(metadata: Record<string, unknown>) {
  const client = { ...metadata } as Parameters<typeof checkClient>[0];
  checkClient(client);
  return client;
}

describe('where a redirect URI leads', () => {
  it.each([
    ['https://claude.ai/api/mcp/auth_callback', 'web'],
    ['https://app.example:8443/cb?a=1', 'web'],
    ['http://localhost:6274/oauth/callback', 'loopback'],
    ['http://127.0.0.1/', 'loopback'],
    ['http://[::1]:1234/cb', 'loopback'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'app'],
    ['com.example.app:/oauth', 'app'],
    ['app.example:/oauth', 'app'],
    ['vscode-insiders://publisher.extension/cb', 'app'],
    ['HTTPS://Claude.ai/cb', 'web'],
  ])('%s: %s', (uri, target) => expect(redirectTarget(uri)).toBe(target));

  it.each(['\t', '\r', '\n', ' ', '\u0000', '\u00a0', '\u2028'])('nowhere with %j in it', (character) => {
    for (const uri of [`https://a.example/${character}cb`, `https://a.example/cb${character}`]) {
      expect(() => redirectTarget(uri)).toThrow('invalid_redirect_uri');
    }
  });

  it.each([
    ...['search-ms:query=x', 'view-source:https://a.example/', 'filesystem:https://a.example/temporary/x'],
    ...['intent://a.example#Intent;end', 'INTENT://a.example', 'ftp://a.example/cb', 'ws://localhost/cb'],
    ...[
      'ms-msdt:/id',
      'ms-visio:x',
      'onenote:x',
      'rdp:x',
      'magnet:?x',
      'res://x',
      'shortcuts://run',
      'webcal://x',
    ],
    // These open a page in a browser, and the code with it.
    ...['microsoft-edge:https://evil.example/cb', 'MICROSOFT-EDGE:https://evil.example/cb'],
    ...[
      'googlechrome://evil.example/cb',
      'googlechromes://evil.example/cb',
      'brave://evil.example',
      'web+x:y',
    ],
    ...[
      'firefox://open-url?url=https://evil.example',
      'touch-https://evil.example',
      'opera-https://evil.example',
    ],
    ...[
      'chrome-extension://abc/cb',
      'moz-extension://abc/cb',
      'chrome://settings',
      'livescript:x',
      'mocha:x',
    ],
    ...['x-apple.systempreferences:x', 'com.apple.tv:x', 'app+x.example:/cb', '.a:/x', 'a..b:/x'],
  ])('not to what is no app of its own: %s', (uri) => {
    expect(() => redirectTarget(uri)).toThrow('invalid_redirect_uri');
  });

  it.each([
    ...['https:evil.example/cb', 'https:/evil.example/cb', 'https:///evil.example/cb', 'http:localhost/cb'],
    ...[
      'https://claude.ai\\@evil.example/cb',
      'https://evil.example/\u202ebc',
      'https://evil.example/\u200b',
    ],
    ...['http://0x7f.1/cb', 'http://127.1/cb', 'http://2130706433/', 'http://localhost.evil.example/cb'],
    ...['https://a.example/cb?code=fixed', 'https://a.example/cb?state=s', 'com.example.app:/cb?iss=x'],
  ])('not to what reads otherwise than it leads: %s', (uri) => {
    expect(() => redirectTarget(uri)).toThrow('invalid_redirect_uri');
  });

  it('never out of an app, nor over the network unencrypted, nor with a name and password, whatever is given', () => {
    const parts = fc.constantFrom(
      'http://',
      'https://',
      'javascript:',
      'data:',
      'localhost',
      '127.0.0.1',
      '@',
      ':',
      '/',
    );
    const web = fc.tuple(
      fc.constantFrom('http://', 'https://'),
      fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true }),
      fc.string({ unit: fc.constantFrom('/', '.', '?', '#', '=', '&', '%20', '%C3%A9', 'a', 'Z', '0', '~') }),
    );
    const uris = fc.oneof(
      web.map(([scheme, authority, rest]) => `${scheme}${authority}/${rest}`),
      fc.string(),
      fc.array(fc.oneof(parts, fc.string())).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(uris, (uri) => {
        let target: string;
        try {
          target = redirectTarget(uri);
        } catch (error) {
          expect(error).toBeInstanceOf(errors.InvalidClientMetadata);
          expect((error as Error).message).toBe('invalid_redirect_uri');
          return;
        }
        const { protocol, hostname, username, password, hash } = new URL(uri);
        expect([username, password, hash]).toEqual(['', '', '']);
        if (target === 'app') expect(protocol).toContain('.');
        if (target === 'loopback') expect(['localhost', '127.0.0.1', '[::1]']).toContain(hostname);
        else expect(protocol).not.toBe('http:');
        expect(target === 'web').toBe(protocol === 'https:');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what a client is', () => {
  const web = 'https://app.example/cb';
  it.each([
    [[web], undefined],
    [[web, 'http://localhost/cb'], 'native'],
    [[web, 'app.example:/cb'], 'native'],
  ])('is read from its redirect URIs: %j', (redirect_uris, type) => {
    expect(checked({ redirect_uris }).application_type).toBe(type);
  });

  it.each([[undefined], [[]], ['https://app.example/cb'], [[1]], [Array(11).fill(web)]])(
    'not %j',
    (redirect_uris) => {
      expect(() => checked({ redirect_uris })).toThrow('invalid_redirect_uri');
    },
  );

  it.each([
    ['Claude', 'Claude'],
    ['  two \n\t lines ', 'two lines'],
    ['evil\u202Etxt.exe', 'eviltxt.exe'],
    ['zero\u200Bwidth', 'zerowidth'],
    ['\u0000\u0007', undefined],
    ['\u3164\u2800\u115f\uffa0\u034f', undefined],
    ['Claude\u3164\u2800', 'Claude'],
    ['😀'.repeat(120), `${'😀'.repeat(49)}…`],
  ])('is called %j', (client_name, shown) => {
    expect(checked({ redirect_uris: [web], client_name }).client_name).toBe(shown);
  });
});

describe('a registration', () => {
  it('keeps what means something, without a scope', () => {
    const asked = {
      redirect_uris: ['a'],
      client_name: 'Host',
      scope: 'read',
      client_id: 'x',
      software_id: 'y',
    };
    expect(acceptRegistration(asked)).toEqual({
      redirect_uris: ['a'],
      client_name: 'Host',
      token_endpoint_auth_method: 'none',
    });
  });

  it.each([
    ['keys that it would have fetched', { jwks_uri: 'https://a.example/' }],
    ['a scope, known or not', { scope: 'openid profile' }],
    ['what is null', { client_name: null, jwks_uri: null, logo_uri: null, grant_types: null }],
    ['what it does not know', { software_statement: 'x', contacts: [], sector_identifier_uri: '' }],
  ])('leaves out %s', (_, asked) =>
    expect(acceptRegistration({ redirect_uris: ['a'], ...asked })).toEqual({
      redirect_uris: ['a'],
      token_endpoint_auth_method: 'none',
    }),
  );

  it('takes of several grant and response types those that exist here, and leaves others to be refused', () => {
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    expect(
      acceptRegistration({
        grant_types: ['authorization_code', 'implicit', device, 'refresh_token'],
        response_types: ['code', 'token'],
      }),
    ).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] });
    expect(acceptRegistration({ grant_types: ['implicit'], response_types: ['token'] })).toMatchObject({
      grant_types: ['implicit'],
      response_types: ['token'],
    });
  });
});

describe('a document', () => {
  const accepted = (document: unknown) => JSON.parse(acceptDocument(JSON.stringify(document)));

  it('is taken for what works here', () => {
    const methods = ['private_key_jwt', 'none'];
    expect(
      accepted({
        client_id: 'a',
        scope: 'everything',
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_methods_supported: methods,
      }),
    ).toEqual({
      client_id: 'a',
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      token_endpoint_auth_methods_supported: methods,
    });
  });

  it('may tell other servers what means nothing here', () => {
    const others = {
      ...{ id_token_signed_response_alg: 'RS256', subject_type: 'pairwise', default_max_age: 60 },
      ...{ sector_identifier_uri: 'https://127.0.0.1/', contacts: 'help@host.example', software_id: 'x' },
    };
    expect(accepted({ client_id: 'a', client_name: 'Host', ...others })).toEqual({
      client_id: 'a',
      client_name: 'Host',
    });
    // What is published is no secret: the provider refuses it.
    expect(accepted({ client_id: 'a', client_secret: 'x' })).toEqual({ client_id: 'a', client_secret: 'x' });
  });

  it('says nothing by what is null or empty, as a registration', () => {
    const nothing = {
      ...{ client_name: '', logo_uri: '', client_uri: null, contacts: [], jwks_uri: null },
      ...{ grant_types: [], response_types: [], token_endpoint_auth_method: null, application_type: '' },
    };
    expect(accepted({ client_id: 'a', redirect_uris: ['b'], ...nothing })).toEqual({
      client_id: 'a',
      redirect_uris: ['b'],
    });
  });

  it.each(['', '[]', 'null', '{'])('%j is left for the provider to refuse', (text) => {
    expect(acceptDocument(text)).toBe(text);
  });
});

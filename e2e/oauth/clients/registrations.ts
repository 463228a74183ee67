/** What hosts tell of themselves, and where they then have their users sent back to. */
import type { Client } from 'oauth4webapi';

interface HostRegistration {
  registers: Partial<Client>;
  redirectUri: string;
}

interface HostDocument {
  publishes: Record<string, unknown>;
  redirectUri: string;
}

const CODE_FLOW = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};

/** By dynamic registration (RFC 7591). */
export const REGISTRATIONS: Record<string, HostRegistration> = {
  // A confidential client: https://github.com/anthropics/claude-ai-mcp/issues/1043
  'Claude, on the web and the desktop': {
    registers: {
      ...CODE_FLOW,
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'read write',
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  // This and others as observed in https://github.com/elmohq/elmo/pull/684
  'Claude Code': {
    registers: {
      ...CODE_FLOW,
      client_name: 'Claude Code (ibkr-gateway)',
      redirect_uris: ['http://localhost:3118/callback'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'http://localhost:3118/callback',
  },
  'ChatGPT, one address for each connector': {
    registers: {
      ...CODE_FLOW,
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector/oauth/OUbdUMlL15Ct'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct',
  },
  'ChatGPT, one address for all': {
    registers: {
      ...CODE_FLOW,
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'https://chatgpt.com/connector_platform_oauth_redirect',
  },
  'Cursor, which says it is a web application': {
    registers: {
      ...CODE_FLOW,
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'web',
    },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  // https://github.com/microsoft/vscode/blob/main/src/vs/base/common/oauth.ts
  'VS Code, on a port of the moment': {
    registers: {
      ...CODE_FLOW,
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'read write',
    },
    redirectUri: 'http://127.0.0.1:51733/',
  },
  Codex: {
    registers: {
      ...CODE_FLOW,
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1:37819/callback/a1b2c3'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'http://127.0.0.1:37819/callback/a1b2c3',
  },
  'OpenCode, which does not say what it is': {
    registers: {
      ...CODE_FLOW,
      client_name: 'OpenCode',
      client_uri: 'https://opencode.ai',
      redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://127.0.0.1:19876/mcp/oauth/callback',
  },
  'MCP Inspector': {
    registers: {
      ...CODE_FLOW,
      client_name: 'MCP Inspector',
      client_uri: 'https://github.com/modelcontextprotocol/inspector',
      redirect_uris: ['http://localhost:6274/oauth/callback'],
      token_endpoint_auth_method: 'none',
      scope: 'read write',
    },
    redirectUri: 'http://localhost:6274/oauth/callback',
  },
};

/** By a Client ID Metadata Document, at whose address the host's `client_id` is; that member is left out here. */
export const DOCUMENTS: Record<string, HostDocument> = {
  // https://github.com/anthropics/claude-ai-mcp/issues/96
  'Claude, on the web and the desktop': {
    publishes: {
      ...CODE_FLOW,
      client_name: 'Claude',
      client_uri: 'https://claude.ai',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  // https://github.com/anthropics/claude-code/issues/64705
  'Claude Code, whose document has no ports and no type': {
    publishes: {
      ...CODE_FLOW,
      client_name: 'Claude Code',
      client_uri: 'https://claude.ai',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://127.0.0.1:52163/callback',
  },
  // https://github.com/django-oauth/django-oauth-toolkit/issues/1845
  'ChatGPT, which would rather sign but need not': {
    publishes: {
      ...CODE_FLOW,
      client_name: 'ChatGPT',
      client_uri: 'https://chatgpt.com/',
      logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256',
      jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
    },
    redirectUri: 'https://chatgpt.com/connector_platform_oauth_redirect',
  },
  // https://github.com/stacklok/toolhive/issues/6290
  'VS Code, which knows more grant types': {
    publishes: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://vscode.dev/product',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    redirectUri: 'http://127.0.0.1:51733/',
  },
};

/** Hosts built on the official SDK clients: all they are given is the address of `/mcp` and where to come back to. */
import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { UnauthorizedError as V1UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { demo } from '../../own-stack.ts';

export const REDIRECT_URI = 'http://127.0.0.1:39213/callback';

/** What a host remembers, and where it sends its user. */
class Memory implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URI;
  readonly clientMetadata = { client_name: 'SDK host', redirect_uris: [REDIRECT_URI] };
  readonly clientMetadataUrl?: string;
  client: StoredOAuthClientInformation | undefined;
  stored: StoredOAuthTokens | undefined;
  /** Where the user was sent last. */
  sentTo: URL | undefined;
  #verifier = '';
  #discovered: OAuthDiscoveryState | undefined;

  constructor(clientMetadataUrl?: string) {
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
  }

  clientInformation() {
    return this.client;
  }
  saveClientInformation(client: StoredOAuthClientInformation) {
    this.client = client;
  }
  tokens() {
    return this.stored;
  }
  saveTokens(tokens: StoredOAuthTokens) {
    this.stored = tokens;
  }
  redirectToAuthorization(url: URL) {
    this.sentTo = url;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
  discoveryState() {
    return this.#discovered;
  }
  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.#discovered = state;
  }
  invalidateCredentials(kind: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
    if (kind === 'all' || kind === 'client') this.client = undefined;
    if (kind === 'all' || kind === 'tokens') this.stored = undefined;
    if (kind === 'all' || kind === 'discovery') this.#discovered = undefined;
  }
}

/** What the two generations of clients have in common. */
interface SdkClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
}

interface Session {
  client: SdkClient;
  connect(): Promise<void>;
  finishAuth(redirect: URL): Promise<void>;
}

type Open = (memory: Memory, send: typeof fetch) => Session;

const openV1: Open = (memory, send) => {
  const client = new V1Client({ name: 'v1', version: '1.0.0' });
  const transport = new V1Transport(endpoint(), { authProvider: memory, fetch: send });
  return {
    // The v1 types disagree with exactOptionalPropertyTypes.
    client: client as unknown as SdkClient,
    connect: () => client.connect(transport as never),
    finishAuth: (redirect) => transport.finishAuth(redirect.searchParams.get('code') ?? ''),
  };
};

const openCurrent: Open = (memory, send) => {
  const client = new CurrentClient({ name: 'current', version: '2.0.0' });
  const transport = new CurrentTransport(endpoint(), { authProvider: memory, fetch: send });
  return {
    client,
    connect: () => client.connect(transport),
    finishAuth: (redirect) => transport.finishAuth(redirect.searchParams),
  };
};

export const GENERATIONS = { 'v1 SDK': openV1, 'current client': openCurrent };

export class SdkHost {
  readonly memory: Memory;
  readonly #open: () => Session;
  #session: Session;

  /**
   * @param send How it reaches the stack.
   * @param documentUrl Of the metadata document that it publishes; without one it registers.
   */
  constructor(generation: keyof typeof GENERATIONS, send: typeof fetch, documentUrl?: string) {
    this.memory = new Memory(documentUrl);
    this.#open = () => GENERATIONS[generation](this.memory, send);
    this.#session = this.#open();
  }

  get client(): SdkClient {
    return this.#session.client;
  }

  get accessToken(): string {
    return this.memory.stored?.access_token ?? '';
  }

  /** Connects anew, or answers where its user has to go first. */
  connect(): Promise<URL | undefined> {
    this.#session = this.#open();
    return this.whereSent(() => this.#session.connect());
  }

  /** Does something that its user may have to be asked about first. @returns where they are sent then. */
  async whereSent(action: () => Promise<unknown>): Promise<URL | undefined> {
    this.memory.sentTo = undefined;
    try {
      await action();
      return undefined;
    } catch (error) {
      if (error instanceof UnauthorizedError || error instanceof V1UnauthorizedError)
        return this.memory.sentTo;
      throw error;
    }
  }

  /** Its user comes back from consent. */
  finishAuth(redirect: URL): Promise<void> {
    return this.#session.finishAuth(redirect);
  }
}

function endpoint(): URL {
  return new URL('/mcp', demo().origin);
}

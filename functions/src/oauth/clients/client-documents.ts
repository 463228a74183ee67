/** The documents by which clients that never registered are known: the last good ones, shared by all instances. */

import { LRUCache } from 'lru-cache';
import * as logger from '../../http/logging/logger.ts';
import type { Service } from '../../service.ts';
import {
  type ClientDocument,
  deleteClientDocument,
  findClientDocument,
  noteClientDocumentGone,
  saveClientDocument,
} from '../../store/oidc/client-documents.ts';
import { type RateLimits, TooManyRequests } from '../provider/rate-limits.ts';
import { asUnavailable } from '../provider/unavailable.ts';
import { acceptDocument, parseObject } from './client-policy.ts';
import { DocumentFetchFailed, fetchDocument, isDocumentAddress } from './document-fetch.ts';

/** After a failure the address is left in peace for as long. */
const RETRY_MS = 60_000;
/** A document that its server says not to have any more is still used for as long. */
const GONE_KEPT_MS = 86_400_000;

export class ClientDocuments {
  readonly #service: Service;
  readonly #limits: RateLimits;
  readonly #underWay = new Map<string, Promise<ClientDocument | null>>();
  /** With the document that is not the address's own, for the provider to refuse, if there was one. */
  readonly #failed = new LRUCache<string, { foreign: ClientDocument | null }>({ max: 1_000, ttl: RETRY_MS });
  readonly #obtained = new LRUCache<string, ClientDocument>({ max: 100, ttl: RETRY_MS });

  constructor(service: Service, limits: RateLimits) {
    this.#service = service;
    this.#limits = limits;
  }

  /**
   * Gets a document ready, which the provider then asks for by `fetch`. (It would take every failure in there for the
   * client's own, and have a host forget its registration because of an outage here.)
   * @param caller The address for whom it is asked for, where that is known.
   * @returns false when the address may not be asked, or has no document.
   * @throws {Unavailable}
   * @throws {TooManyRequests} when nothing is known of it, and too much is asked for already.
   */
  async obtain(address: string, caller?: string): Promise<boolean> {
    if (!isDocumentAddress(address, this.#service)) return false;
    const underWay = this.#underWay.get(address) ?? this.#latest(address, caller);
    this.#underWay.set(address, underWay);
    try {
      const document = await underWay;
      if (document !== null) this.#obtained.set(address, document);
      return document !== null;
    } catch (cause) {
      throw asUnavailable(cause);
    } finally {
      this.#underWay.delete(address);
    }
  }

  /** `fetch` as the provider calls it right after `obtain`. */
  async fetch(input: string | URL | Request): Promise<Response> {
    const document = this.#obtained.get(String(input));
    if (document === undefined) throw new Error('Only client metadata documents are fetched.');
    const age = Math.ceil((document.freshUntil.getTime() - Date.now()) / 1000);
    return new Response(acceptDocument(document.text), {
      headers: { 'Cache-Control': `max-age=${Math.max(0, age)}` },
    });
  }

  async #latest(address: string, caller: string | undefined): Promise<ClientDocument | null> {
    const now = new Date();
    const { db } = this.#service;
    const known = await findClientDocument(db, address, now);
    if (known !== null && known.freshUntil > now) return known;
    const failed = this.#failed.get(address);
    if (failed !== undefined) return known ?? failed.foreign;
    try {
      await this.#limits.take('documents', caller);
      const { text, freshSeconds } = await fetchDocument(address, this.#service);
      const document = { text, freshUntil: new Date(now.getTime() + freshSeconds * 1000), goneSince: null };
      if (!describes(text, address)) {
        this.#failed.set(address, { foreign: document });
        return known ?? document;
      }
      await saveClientDocument(db, address, document, now);
      return document;
    } catch (error) {
      if (error instanceof TooManyRequests && known !== null) return known;
      if (!(error instanceof DocumentFetchFailed)) throw error;
      this.#failed.set(address, { foreign: null });
      logger.log('client_document_missing', { host: new URL(address).host, reason: error.message });
      return error.gone && known !== null ? this.#withoutServer(address, known, now) : known;
    }
  }

  /** What is left of a document that its server no longer has: a mistake there may be put right within a day. */
  async #withoutServer(address: string, known: ClientDocument, now: Date): Promise<ClientDocument | null> {
    const { db } = this.#service;
    if (known.goneSince === null) await noteClientDocumentGone(db, address, now);
    if (now.getTime() - (known.goneSince ?? now).getTime() < GONE_KEPT_MS) return known;
    await deleteClientDocument(db, address);
    return null;
  }
}

/** Whether a document is one of that address; what else is wrong with it is for the provider to say. */
function describes(text: string, address: string): boolean {
  return parseObject(text)?.client_id === address;
}

import { readFile } from 'node:fs/promises';
import type { MetaDocument } from '@firebase-bridge/firestore-admin';
import { writeFileAtomically } from '../data/atomic-file.ts';
import type { Database, Databases } from './database.ts';
import { Journal } from './journal.ts';
import { documentFromJson, documentToJson } from './protos.ts';
import type { Document } from './wire-types.ts';

const FORMAT = 'firestore-snapshot-1';

/** That much is read at a start in no time. */
const LEAST_JOURNAL_BYTES = 1024 * 1024;

/** A snapshot file that exists but cannot be used. The message says which file and what to do. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(
      `The Firestore snapshot ${file} cannot be read: ${reason}. ` +
        'Restore it from a copy, or delete it (npm start -- --fresh) to begin with an empty database.',
      options,
    );
  }
}

interface EncodedDocument {
  version: number;
  json: string;
}

/** As requests name a document. */
function nameOf({ name }: Database, { path }: MetaDocument): string {
  return `${name}/documents/${path}`;
}

/** The `projects/{project}/databases/{database}` of a document's name. */
function databaseOf(documentName: string): string {
  return documentName.split('/', 4).join('/');
}

/**
 * All databases in one JSON file of documents, in the shape of Firestore's REST API.
 *
 * Written whole to a second file that then takes the first one's place, so the file is complete at
 * every moment. What was committed since is in a journal beside it. Create and update times begin anew
 * when it is loaded.
 */
export class Snapshot {
  readonly #file: string;
  readonly #databases: Databases;
  readonly #journal: Journal;
  /** Each document's JSON by name, with the version it was made from: only what changed is encoded again. */
  #encoded = new Map<string, EncodedDocument>();
  #savedVersion = 0;
  #savedBytes = 0;
  /** How far the journal was then. */
  #journalAtSave = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: string, databases: Databases) {
    this.#file = file;
    this.#databases = databases;
    this.#journal = new Journal(file);
  }

  /**
   * Fills the databases from the file, if there is one, and the journal.
   *
   * @throws SnapshotError when the file is there and damaged.
   */
  async load(): Promise<void> {
    try {
      for (const [name, documents] of Map.groupBy(await this.#read(), ({ name }) => databaseOf(name))) {
        const { client } = await this.#databases.open(name);
        await client.commit({ writes: documents.map((update) => ({ update })) });
      }
      this.#savedVersion = await this.#version();
      await this.#replay();
    } catch (error) {
      throw new SnapshotError(this.#file, (error as Error).message, { cause: error });
    }
  }

  /** Writes into the journal how documents stand now, so that it outlives the process. */
  note(database: Database, names: readonly string[]): void {
    const prefix = `${database.name}/documents/`;
    this.#journal.append(
      Object.fromEntries(
        names.map((written) => {
          const found = database.document(written.slice(prefix.length));
          return [written, found.exists ? this.#jsonOf(database, found) : null];
        }),
      ),
    );
  }

  /** Whether so much was committed since the last time that it is worth writing all documents. The journal has it until then. */
  get isDue(): boolean {
    return this.#journal.bytes - this.#journalAtSave > Math.max(LEAST_JOURNAL_BYTES, this.#savedBytes);
  }

  /** To be called when nothing is committed any more. */
  close(): void {
    this.#journal.close();
  }

  /** Writes the file when something changed since the last time. Calls wait for each other. */
  save(): Promise<void> {
    const next = this.#saving.then(() => this.#saveIfChanged());
    this.#saving = next.catch(() => {});
    return next;
  }

  async #read(): Promise<Document[]> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    this.#savedBytes = Buffer.byteLength(text);
    const { format, count, documents } = JSON.parse(text);
    if (format !== FORMAT) throw new Error(`its format is not "${FORMAT}"`);
    if (!Array.isArray(documents) || documents.length !== count) throw new Error('documents are missing');
    return documents.map(documentFromJson);
  }

  async #replay(): Promise<void> {
    // The last that is said of a document holds.
    const changed: Record<string, string | null> = Object.assign({}, ...(await this.#journal.load()));
    for (const [name, entries] of Map.groupBy(Object.entries(changed), ([name]) => databaseOf(name))) {
      const { client } = await this.#databases.open(name);
      const writes = entries.map(([deleted, json]) =>
        json === null ? { delete: deleted } : { update: documentFromJson(JSON.parse(json)) },
      );
      await client.commit({ writes });
    }
  }

  async #saveIfChanged(): Promise<void> {
    const version = await this.#version();
    if (version === this.#savedVersion) return;
    const part = this.#journal.begin();
    const { bytes } = this.#journal;
    const text = await this.#encode();
    await writeFileAtomically(this.#file, text);
    this.#savedVersion = version;
    this.#savedBytes = Buffer.byteLength(text);
    this.#journalAtSave = bytes;
    await this.#journal.dropBefore(part);
  }

  async #encode(): Promise<string> {
    const lines: string[] = [];
    const names = new Set<string>();
    for (const database of await this.#databases.all()) {
      for (const document of database.documents()) {
        names.add(nameOf(database, document));
        lines.push(this.#jsonOf(database, document));
      }
    }
    for (const name of this.#encoded.keys()) if (!names.has(name)) this.#encoded.delete(name);
    return `{"format":"${FORMAT}","count":${lines.length},"documents":[\n${lines.join(',\n')}\n]}\n`;
  }

  #jsonOf(database: Database, document: MetaDocument): string {
    const name = nameOf(database, document);
    const { version } = document;
    const known = this.#encoded.get(name);
    if (known?.version === version) return known.json;
    const json = documentToJson(database.client.context.serializeDoc(document));
    this.#encoded.set(name, { version, json });
    return json;
  }

  async #version(): Promise<number> {
    const databases = await this.#databases.all();
    return databases.reduce((sum, database) => sum + database.version(), 0);
  }
}

import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../data/atomic-file.ts';
import type { Databases } from './database.ts';
import { documentFromJson, documentToJson } from './protos.ts';
import type { Document } from './wire-types.ts';

const FORMAT = 'firestore-snapshot-1';

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

/** The `projects/{project}/databases/{database}` of a document's name. */
function databaseOf(documentName: string): string {
  return documentName.split('/', 4).join('/');
}

/**
 * All databases in one JSON file of documents, in the shape of Firestore's REST API.
 *
 * Written whole to a second file that then takes the first one's place, so the file is complete at
 * every moment. Create and update times begin anew when it is loaded.
 */
export class Snapshot {
  readonly #file: string;
  readonly #databases: Databases;
  /** Each document's JSON by name, with the version it was made from: only what changed is encoded again. */
  #encoded = new Map<string, EncodedDocument>();
  #savedVersion = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: string, databases: Databases) {
    this.#file = file;
    this.#databases = databases;
  }

  /**
   * Fills the databases from the file, if there is one.
   *
   * @throws SnapshotError when the file is there and damaged.
   */
  async load(): Promise<void> {
    try {
      for (const [name, documents] of Map.groupBy(await this.#read(), ({ name }) => databaseOf(name))) {
        const { client } = await this.#databases.open(name);
        await client.commit({ writes: documents.map((update) => ({ update })) });
      }
    } catch (error) {
      throw new SnapshotError(this.#file, (error as Error).message, { cause: error });
    }
    this.#savedVersion = await this.#version();
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
    const { format, count, documents } = JSON.parse(text);
    if (format !== FORMAT) throw new Error(`its format is not "${FORMAT}"`);
    if (!Array.isArray(documents) || documents.length !== count) throw new Error('documents are missing');
    return documents.map(documentFromJson);
  }

  async #saveIfChanged(): Promise<void> {
    const version = await this.#version();
    if (version === this.#savedVersion) return;
    await writeFileAtomically(this.#file, await this.#encode());
    this.#savedVersion = version;
  }

  async #encode(): Promise<string> {
    const encoded = new Map<string, EncodedDocument>();
    for (const { name, client, documents } of await this.#databases.all()) {
      for (const document of documents()) {
        const key = `${name}/documents/${document.path}`;
        const known = this.#encoded.get(key);
        const { version } = document;
        encoded.set(
          key,
          known?.version === version
            ? known
            : { version, json: documentToJson(client.context.serializeDoc(document)) },
        );
      }
    }
    this.#encoded = encoded;
    const lines = Array.from(encoded.values(), ({ json }) => json);
    return `{"format":"${FORMAT}","count":${lines.length},"documents":[\n${lines.join(',\n')}\n]}\n`;
  }

  async #version(): Promise<number> {
    const databases = await this.#databases.all();
    return databases.reduce((sum, database) => sum + database.version(), 0);
  }
}

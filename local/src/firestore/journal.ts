import { closeSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * What was committed since the latest snapshot, a JSON value a line. Written before the commit is answered, it outlives
 * the process, however that ends; only when the machine itself loses power may the last lines be lost with it.
 *
 * It goes on in a new file with each snapshot, which makes those before it superfluous.
 */
export class Journal {
  readonly #directory: string;
  /** Of the names of its files, before the number of the part. */
  readonly #prefix: string;
  #part = 0;
  #file: number | undefined;
  #bytes = 0;

  /** @param snapshot The file of the snapshots, beside which it lies. */
  constructor(snapshot: string) {
    this.#directory = dirname(snapshot);
    this.#prefix = `${basename(snapshot)}.journal-`;
  }

  /** What is in it, in the order of writing; the next lines go to a new file. To be called once, before all else. */
  async load(): Promise<object[]> {
    const parts = await this.#parts();
    const texts = await Promise.all(parts.map((part) => readFile(this.#fileOf(part), 'utf8')));
    this.#part = parts.at(-1) ?? 0;
    this.begin();
    this.#bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    // A last line without an end was being written when the process ended: its commit was answered to nobody.
    return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line));
  }

  /** How much was ever written into it, in this process and before. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A commit, with all that it changed in one line: it is there as a whole or not at all. */
  append(commit: object): void {
    if (this.#file === undefined) throw new Error('The journal is not open.');
    this.#bytes += writeSync(this.#file, `${JSON.stringify(commit)}\n`);
  }

  /** Goes on in a new file. @returns which one. */
  begin(): number {
    this.close();
    this.#part += 1;
    this.#file = openSync(this.#fileOf(this.#part), 'a', 0o600);
    return this.#part;
  }

  /** Deletes the files before this one: a snapshot has all that is in them. */
  async dropBefore(part: number): Promise<void> {
    const superfluous = (await this.#parts()).filter((one) => one < part);
    await Promise.all(superfluous.map((one) => rm(this.#fileOf(one), { force: true })));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async #parts(): Promise<number[]> {
    const names = await readdir(this.#directory);
    return names
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => Number(name.slice(this.#prefix.length)))
      .sort((a, b) => a - b);
  }

  #fileOf(part: number): string {
    return join(this.#directory, this.#prefix + part);
  }
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Simulation } from './simulation.ts';
import type { StoredState } from './stored-state.ts';

const SAVE_INTERVAL_MS = 1_000;

/**
 * Reads a state file; undefined when there is none yet.
 * @throws {Error} when the file is not one of ours.
 */
export function readState(file: string): StoredState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read the state file ${file}`, { cause: error });
  }
  try {
    const state: unknown = JSON.parse(text);
    if (isStoredState(state)) return state;
  } catch (error) {
    throw new Error(`the state file ${file} is not JSON; move it away to start afresh`, { cause: error });
  }
  throw new Error(`the state file ${file} is not from this version; move it away to start afresh`);
}

function isStoredState(value: unknown): value is StoredState {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}

/** Saves a changed simulation at most once a second, and a last time when stopped. */
export class StateKeeper {
  readonly #file: string;
  readonly #simulation: Simulation;
  readonly #timer: NodeJS.Timeout;

  constructor(file: string, simulation: Simulation) {
    this.#file = file;
    this.#simulation = simulation;
    this.#timer = setInterval(() => this.#save(), SAVE_INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#save();
  }

  /** Written beside and renamed, so that the file is whole whenever the process ends. */
  #save(): void {
    if (!this.#simulation.isDirty) return;
    this.#simulation.isDirty = false;
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#simulation.store()));
    renameSync(draft, this.#file);
  }
}

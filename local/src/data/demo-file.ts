import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from './atomic-file.ts';
import type { DemoSignIn } from './demo-sign-in.ts';

/** What a person, a script or a test needs to use the running stack. Contains credentials. */
export interface Demo {
  origin: string;
  email: string;
  uid: string;
  connectionId: string;
  apiKey: string;
  /** This and the others below are `host:port`. */
  simulator: string;
  authEmulator: string;
  firestoreEmulator: string;
  /** A sign-in by name and password that the simulator knows. */
  managed: DemoSignIn;
}

/** The demo of an earlier run, if there was one. */
export async function readDemo(file: string): Promise<Demo | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // Missing or damaged: everything in it can be made again.
    return undefined;
  }
}

export async function writeDemo(file: string, demo: Demo): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(demo, null, 2)}\n`);
}

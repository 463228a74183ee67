/** A Firebase project that the service is deployed to. */
import { join } from 'node:path';
import type { Command } from './command.ts';

export interface Project {
  id: string;
  number: string;
  /** Who is signed in to gcloud; people see it on Google's page as whom to ask. */
  operator: string;
  /** `XXXXXX-XXXXXX-XXXXXX`. */
  billingAccount: string;
}

/** What is written in a plan for what only the project tells. */
export const UNKNOWN_PROJECT: Project = {
  id: 'YOUR_PROJECT',
  number: 'PROJECT_NUMBER',
  operator: 'YOUR_ADDRESS',
  billingAccount: 'BILLING_ACCOUNT',
};

export const REPOSITORY = join(import.meta.dirname, '../../../..');

export function gcloud(...args: string[]): Command {
  return { program: 'gcloud', args };
}

export function firebase(...args: string[]): Command {
  return { program: 'firebase', args: [...args, '--non-interactive'] };
}

/** The service account of the functions, but of `signIn`. */
export function functionsAccount(id: string): string {
  return `ibkr-gateway@${id}.iam.gserviceaccount.com`;
}

/** That of `signIn`, which alone may read the keys to passwords. */
export function signInAccount(id: string): string {
  return `ibkr-gateway-sign-in@${id}.iam.gserviceaccount.com`;
}

/** The file with the settings of a project's functions. */
export function settingsFile(id: string): string {
  return `functions/.env.${id}`;
}

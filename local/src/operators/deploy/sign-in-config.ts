/** What Firebase is told of who may sign in how: of one deployment, and so in no file of the repository. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { firebase, REPOSITORY } from './project.ts';

interface SignInConfig {
  deploy: Command;
  /** The file that the command names is there while this is done. */
  during(work: () => Promise<void>): Promise<void>;
}

export function signInConfig(id: string, origin: string, supportEmail: string): SignInConfig {
  const name = `.firebase-auth-${id}.json`;
  const googleSignIn = {
    oAuthBrandDisplayName: 'IBKR Gateway',
    supportEmail,
    authorizedRedirectUris: [...new Set([`https://${id}.firebaseapp.com`, origin])].map(
      (each) => `${each}/__/auth/handler`,
    ),
  };
  return {
    deploy: {
      ...firebase('deploy', '--only', 'auth', '--project', id, '--config', name),
      speaks: true,
    },
    during: async (work) => {
      const file = join(REPOSITORY, name);
      await writeFile(file, JSON.stringify({ auth: { providers: { googleSignIn } } }));
      try {
        await work();
      } finally {
        await rm(file);
      }
    },
  };
}

/** Prints new keys for the authorization server of a deployment. */
import { newOauthKeys } from './data/secret-keys.ts';

process.stdout.write(`${newOauthKeys()}\n`);

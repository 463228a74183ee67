/** Runs in Google's build, in the folder that is deployed: has Node.js compile what functions load, and keep it. */
import { mkdirSync, readdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';

const directory = import.meta.dirname;
mkdirSync(`${directory}/compiled`, { recursive: true });
const parts = readdirSync(directory).filter((file) => file.endsWith('.js') && file !== 'compile.js');
// First that which says where it is kept.
for (const file of ['index.js', ...parts]) await import(`./${file}`);
flushCompileCache();
// Nothing that they began is waited for.
process.exit();

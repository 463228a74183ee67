/** Before a deployment: makes the folder that `firebase.json` names. */
import { join } from 'node:path';
import { writeDeployment } from './functions-bundle.ts';

await writeDeployment(join(import.meta.dirname, '../../../functions/dist'));

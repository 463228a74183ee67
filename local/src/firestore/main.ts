/**
 * The Firestore server as a program: `node main.ts --port 0 --file firestore.json`.
 *
 * Prints `firestore ready: HOST:PORT`. Saves and ends on SIGTERM, on SIGINT, and when the program that
 * started it is gone.
 */
import { parseArgs } from 'node:util';
import { startFirestoreServer } from './server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, file: { type: 'string' } },
});

try {
  const server = await startFirestoreServer({
    port: Number(values.port),
    ...(values.file === undefined ? {} : { file: values.file }),
    onSaveError: (error) => console.error(`Saving failed: ${(error as Error).message}`),
  });
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`Saving failed: ${error.message}`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop);
  console.log(`firestore ready: 127.0.0.1:${server.port}`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

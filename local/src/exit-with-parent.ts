/**
 * Loaded into every child with `--import`: ends the process when the one that started it is gone, however
 * that one went. First politely, so that data is saved.
 */
const SAVING_MS = 5000;

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), SAVING_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});

// Listening is no reason to stay.
process.channel?.unref();

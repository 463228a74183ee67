/** Whether there is a process of that id, whosever it is. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, but is someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

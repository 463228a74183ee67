/** Codes of gRPC by which Firestore says why it did not do something (grpc.io, "Status codes and their use"). */
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
export const FAILED_PRECONDITION = 9;
export const ABORTED = 10;

export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof Error && 'code' in error && statuses.some((status) => status === error.code);
}

import type { Auth } from 'firebase-admin/auth';

/** Firebase Authentication, whose library a function does not load before it asks for somebody. */
export async function firebaseAuth(): Promise<Auth> {
  const { getAuth } = await import('firebase-admin/auth');
  return getAuth();
}
